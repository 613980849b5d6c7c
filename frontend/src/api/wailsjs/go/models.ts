export namespace api {
	
	export interface Signal {
	    advice: 'leave' | 'ask' | 'tell';
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
	export interface HelpEntry {
	    code: string;
	    title: string;
	    cause: string;
	    fix: string;
	    body: string;
	}

}

export namespace window {
	
	export interface Imported {
	    identities: number;
	    credentials: number;
	    sessions: number;
	    skipped: string[];
	    path: string;
	}
	export interface State {
	    phase: 'starting' | 'running' | 'failed' | 'ended';
	    attached: boolean;
	    error?: api.Error | null;
	}

}

