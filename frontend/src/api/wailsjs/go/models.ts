export namespace api {
	
	export interface BrowserPassport {
	    secure_context: boolean;
	    webauthn: boolean;
	    cookies: boolean;
	    host_cookie?: boolean | null;
	    storage?: boolean | null;
	    platform_authenticator?: boolean | null;
	    conditional_mediation?: boolean | null;
	    capabilities: Record<string, boolean>;
	    replaced: string[] | null;
	    user_agent: string;
	    at: string;
	}
	export interface ExplainedSpan {
	    field: string;
	    of: string;
	    offset: number;
	    length: number;
	}
	export interface ExplainedParts {
	    clientData: Record<string, unknown>;
	    authenticatorData: Record<string, unknown>;
	    attestation: Record<string, unknown>;
	    publicKey: Record<string, unknown>;
	}
	export interface ExplainedStep {
	    id: string;
	    title: string;
	    verdict: 'passed' | 'failed' | 'warning' | 'skipped';
	    expected: string;
	    received: string;
	    note: string;
	    fault?: string;
	    cause?: string;
	    fix?: string;
	}
	export interface Explanation {
	    verdict: 'accepted' | 'rejected' | 'unverified';
	    fault?: string;
	    cause?: string;
	    fix?: string;
	    kind: 'registration' | 'authentication';
	    steps: ExplainedStep[];
	    decoded: ExplainedParts;
	    ranges: ExplainedSpan[];
	    notes?: string[];
	}
	export interface Ceremony {
	    id: string;
	    kind: string;
	    state: string;
	    email: string;
	    fault: string;
	    began_at: string;
	    ended_at: string;
	    virtual?: boolean;
	    origin: string;
	    user_agent: string;
	    address: string;
	    passkey_id: string;
	    session_id: string;
	    cause: string;
	    fix: string;
	    step: string;
	    ignored: string[];
	    record: any;
	    curl: string;
	    explanation?: Explanation;
	    differs: string[];
	    withheld: boolean;
	}
	export interface CeremonySummary {
	    id: string;
	    kind: string;
	    state: string;
	    email: string;
	    fault: string;
	    began_at: string;
	    ended_at: string;
	    virtual?: boolean;
	}
	export interface Signal {
	    advice: string;
	    rp_id: string;
	    credential_id: string;
	    reason: string;
	    next: string;
	}
	export interface Error {
	    error: string;
	    error_code: string;
	    hint: string;
	    field?: string;
	    request_id: string;
	    ceremony_id: string;
	    withheld?: boolean;
	    help: string;
	    signal?: Signal;
	}
	export interface Certificate {
	    ca_path: string;
	    ca_subject: string;
	    ca_fingerprint: string;
	    ca_not_after: string;
	    leaf_hosts: string[];
	    leaf_not_before: string;
	    leaf_not_after: string;
	    leaf_spki: string;
	    problems?: Error[];
	}
	export interface Clock {
	    now: string;
	    machine: string;
	    offset_seconds: number;
	}
	export interface Complaint {
	    at: string;
	    error: Error;
	}
	export interface ConfigProblem {
	    severity: string;
	    line: number;
	    key: string;
	    meaning: string;
	    fix: string;
	}
	export interface ConfigReport {
	    path: string;
	    effective: string;
	    problems: ConfigProblem[];
	}
	export interface Damaged {
	    what: string;
	    id: string;
	    of: string;
	    file: string;
	    text: string;
	    fix: string;
	}
	export interface Finding {
	    id: string;
	    title: string;
	    verdict: 'ok' | 'warning' | 'failed' | 'skipped';
	    evidence: string[];
	    cause: string;
	    fix: string;
	    command: string;
	    fixable: boolean;
	    needs: string[];
	    took_ms: number;
	    help: string;
	}
	export interface DoctorReport {
	    well: boolean;
	    changed: string[];
	    findings: Finding[];
	}
	
	export interface Evidence {
	    what: string;
	    seen: string;
	}
	
	
	
	
	
	export interface HelpEntry {
	    code: string;
	    title: string;
	    cause: string;
	    fix: string;
	    body: string;
	}
	export interface LabSession {
	    id: string;
	    user_id: string;
	    email: string;
	    auth_method: string;
	    views: string[];
	    state: string;
	    user_agent: string;
	    address: string;
	    authenticated_at: string;
	    expires_at: string;
	    last_seen_at: string;
	    ended_at?: string | null;
	}
	export interface LogLine {
	    at: string;
	    service: string;
	    level: 'debug' | 'info' | 'warn' | 'error';
	    text: string;
	}
	export interface Mail {
	    id: string;
	    from: string;
	    to: string[];
	    subject: string;
	    received_at: string;
	    read: boolean;
	    size: number;
	    attachments: number;
	    snippet: string;
	    code?: string | null;
	}
	export interface MailAttachment {
	    name: string;
	    type: string;
	    size: number;
	}
	export interface MailCode {
	    mail_id: string;
	    kind: string;
	    code: string;
	    page: string;
	    link: string;
	}
	export interface MailText {
	    id: string;
	    from: string;
	    to: string[];
	    subject: string;
	    received_at: string;
	    read: boolean;
	    size: number;
	    attachments: number;
	    snippet: string;
	    code?: string | null;
	    cc: string[];
	    bcc: string[];
	    message_id: string;
	    text: string;
	    found?: MailCode | null;
	    parts: MailAttachment[];
	}
	export interface MailsCleared {
	    deleted: number;
	}
	export interface MockRequest {
	    on: boolean;
	    email: string;
	    role: string;
	}
	export interface Opened {
	    url: string;
	    opened: boolean;
	    error?: Error | null;
	}
	export interface OwnedPasskey {
	    id: string;
	    credential_id: string;
	    name: string;
	    device_type: string;
	    authenticator: string;
	    aaguid: string;
	    status: string;
	    transports: string[];
	    algorithm: string;
	    attestation_format: string;
	    is_backup_eligible: boolean;
	    is_backup_state: boolean;
	    user_verified: boolean;
	    sign_count: number;
	    usage_count: number;
	    last_used_at?: string | null;
	    created_at: string;
	    updated_at: string;
	    revoked_at?: string | null;
	    user_id: string;
	    email: string;
	    rp_id: string;
	    left_behind?: boolean;
	    virtual?: boolean;
	}
	export interface PasskeyUse {
	    at: string;
	    sign_count: number;
	    backup_state: boolean;
	    user_verified: boolean;
	}
	export interface PasskeyDetails {
	    id: string;
	    credential_id: string;
	    name: string;
	    device_type: string;
	    authenticator: string;
	    aaguid: string;
	    status: string;
	    transports: string[];
	    algorithm: string;
	    attestation_format: string;
	    is_backup_eligible: boolean;
	    is_backup_state: boolean;
	    user_verified: boolean;
	    sign_count: number;
	    usage_count: number;
	    last_used_at?: string | null;
	    created_at: string;
	    updated_at: string;
	    revoked_at?: string | null;
	    user_id: string;
	    email: string;
	    rp_id: string;
	    left_behind?: boolean;
	    virtual?: boolean;
	    discoverable?: boolean | null;
	    user_handle: string;
	    cose: string;
	    jwk: any;
	    pem: string;
	    attestation_object: string;
	    uses: PasskeyUse[];
	    warnings: string[];
	    ceremonies: string[];
	}
	
	export interface Person {
	    id: string;
	    email: string;
	    name: string;
	    state: string;
	    role: string;
	    traits: any;
	    password: boolean;
	    passkeys: number;
	    sessions: number;
	    created_at: string;
	}
	export interface PreflightRule {
	    id: string;
	    title: string;
	    outcome: 'ok' | 'refused' | 'depends';
	    says: string;
	    section: string;
	    fix: string;
	}
	export interface PreflightFamily {
	    family: 'chromium' | 'firefox' | 'safari';
	    covers: string[];
	    verdict: 'works' | 'refused' | 'depends';
	    gets: string;
	    says: string;
	    rule: string;
	    section: string;
	    tried: boolean;
	    source: string;
	}
	export interface Preflight {
	    origin: string;
	    rp_id: string;
	    own_rp: boolean;
	    verdict: 'works' | 'refused' | 'depends';
	    says: string;
	    fix: string;
	    differs: boolean;
	    families: PreflightFamily[];
	    rules: PreflightRule[];
	}
	
	export interface PreflightRequest {
	    url: string;
	    rp_id: string;
	}
	
	export interface Query {
	    limit: number;
	    after: string;
	    q: string;
	}
	export interface Service {
	    name: string;
	    state: 'Healthy' | 'Unhealthy' | 'Starting' | 'Stopped';
	    url: string;
	    detail: string;
	    checked_at: string;
	    took_ms: number;
	    since: string;
	    evidence: Evidence[];
	    restarts: number;
	    error?: Error | null;
	    last_complaint?: Complaint | null;
	}
	
	export interface Snapshot {
	    name: string;
	    taken_at: string;
	    reason: string;
	    version: string;
	    bytes: number;
	    damaged?: Damaged[];
	}
	export interface StateChanged {
	    message: string;
	    undo: string;
	}
	export interface Status {
	    version: string;
	    pid: number;
	    home: string;
	    origin: string;
	    rp_id: string;
	    problem: string;
	    fix: string;
	    kratos_mode: string;
	    started_at: string;
	    ready: boolean;
	    now: string;
	    clock_offset_seconds: number;
	    mock_user: boolean;
	    users: number;
	    passkeys: number;
	    sessions: number;
	    services: Service[];
	    warnings: string[];
	    mended?: string[];
	    damaged?: Damaged[];
	}
	export interface TrustStore {
	    kind: string;
	    name: string;
	    path: string;
	    before: string;
	    after: string;
	    note: string;
	    error?: Error | null;
	}
	export interface TrustReport {
	    certificate: Certificate;
	    stores: TrustStore[];
	}
	
	export interface VirtualKey {
	    id: string;
	    passkey_id: string;
	    status: string;
	    rp_id: string;
	    user_name: string;
	    backup_eligible: boolean;
	    backup_state: boolean;
	    sign_count: number;
	}
	export interface Virtual {
	    running: boolean;
	    browser: string;
	    pid: number;
	    pages: number;
	    started_at: string;
	    user_verification: string;
	    user_presence: string;
	    signature: string;
	    note: string;
	    keys: VirtualKey[];
	}
	export interface VirtualChange {
	    do: string;
	    key?: string;
	    counter?: number;
	    to?: string;
	}

}

export namespace window {
	
	export interface CeremonyList {
	    items: api.CeremonySummary[];
	    next: string;
	}
	export interface Imported {
	    identities: number;
	    credentials: number;
	    sessions: number;
	    skipped: string[];
	    path: string;
	}
	export interface MailList {
	    items: api.Mail[];
	    next: string;
	}
	export interface PasskeyList {
	    items: api.OwnedPasskey[];
	    next: string;
	}
	export interface PersonList {
	    items: api.Person[];
	    next: string;
	}
	export interface SessionList {
	    items: api.LabSession[];
	    next: string;
	}
	export interface State {
	    phase: 'starting' | 'running' | 'failed' | 'ended';
	    attached: boolean;
	    error?: api.Error | null;
	}

}

