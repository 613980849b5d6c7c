import type { FrontendApi } from "@ory/client-fetch"

import { check, csrfOf, differing, messagesOf, newPassword, next, password, refusal, same, type Step } from "./forms"

/** Reads the code out of the newest mail to an address whose subject has a word in it. */
export type CodeOf = (address: string, word: string) => Promise<string>

export async function register(ory: FrontendApi, email: string) {
  const flow = await ory.createNativeRegistrationFlow()
  const done = await ory.updateRegistrationFlow({
    flow: flow.id,
    updateRegistrationFlowBody: { method: "password", password, traits: { email } },
  })
  check(done.session && done.session_token, "registration made no session")
  return { ...done, session: done.session, session_token: done.session_token }
}

export async function login(ory: FrontendApi, identifier: string, secret = password) {
  const flow = await ory.createNativeLoginFlow()
  const done = await ory.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: "password", identifier, password: secret } })
  check(done.session_token, "login made no session token")
  return { ...done, session_token: done.session_token }
}

/** The flows of native apps. `bearer` makes the same client with an access token. */
export function nativeSteps(ory: FrontendApi, bearer: (token: string) => FrontendApi, codeOf: CodeOf): Step[] {
  return [
    [
      "an app registers, looks and signs out",
      async () => {
        const done = await register(ory, "ts-app@example.org")
        same(next(done.continue_with, "set_ory_session_token").ory_session_token, done.session_token, "token of continue_with")
        const me = await ory.toSession({ xSessionToken: done.session_token })
        same([me.identity?.id, me.active, me.authenticator_assurance_level], [done.identity.id, true, "aal1"], "whoami")
        same((await bearer(done.session_token).toSession()).id, done.session.id, "whoami by bearer")
        await ory.performNativeLogout({ performNativeLogoutBody: { session_token: done.session_token } })
        same((await refusal(ory.toSession({ xSessionToken: done.session_token }))).status, 401, "whoami after the logout")
      },
    ],
    [
      "an app's mistakes come back in the flow",
      async () => {
        const flow = await ory.createNativeRegistrationFlow()
        const send = (traits: object, secret: string) =>
          refusal(
            ory.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { method: "password", password: secret, traits } }),
          )
        for (const [email, secret, id] of [
          ["nobody", password, 4000001],
          ["ts-x@example.org", "abc", 4000032],
          ["ts-app@example.org", password, 4000007],
        ] as const) {
          const { status, body } = await send({ email }, secret)
          check(status === 400 && body.ui && messagesOf(body.ui).includes(id), `${email}: ${status}, no message ${id}`)
        }
        const wrong = await refusal(login(ory, "ts-app@example.org", "not the password"))
        check(wrong.body.ui && messagesOf(wrong.body.ui).includes(4000006), "a wrong password has no message 4000006")
      },
    ],
    [
      "an app proves itself again",
      async () => {
        const { session_token } = await login(ory, "ts-app@example.org")
        const flow = await ory.createNativeLoginFlow({ refresh: true, xSessionToken: session_token })
        check(flow.refresh, "the flow is no refresh")
        const done = await ory.updateLoginFlow({
          flow: flow.id,
          xSessionToken: session_token,
          updateLoginFlowBody: { method: "password", identifier: "ts-app@example.org", password },
        })
        same(
          (await ory.toSession({ xSessionToken: done.session_token ?? "" })).authentication_methods?.map((m) => m.method),
          ["password", "password"],
          "methods",
        )
      },
    ],
    [
      "an app keeps its sessions",
      async () => {
        const mine = (await register(ory, "ts-sessions@example.org")).session_token
        for (let i = 0; i < 3; i++) await login(ory, "ts-sessions@example.org")
        const others = await ory.listMySessions({ xSessionToken: mine })
        same(others.length, 3, "other sessions")
        await ory.disableMySession({ id: others[0]?.id ?? "", xSessionToken: mine })
        same((await ory.disableMyOtherSessions({ xSessionToken: mine })).count, 2, "sessions that were ended")
        same((await ory.listMySessions({ xSessionToken: mine })).length, 0, "other sessions afterwards")
        await ory.toSession({ xSessionToken: mine })
      },
    ],
    [
      "an app changes profile and password",
      async () => {
        const email = "ts-settings@example.org"
        const xSessionToken = (await register(ory, email)).session_token
        const flow = await ory.createNativeSettingsFlow({ xSessionToken })
        const profile = await ory.updateSettingsFlow({
          flow: flow.id,
          xSessionToken,
          updateSettingsFlowBody: { method: "profile", traits: { email, name: { first: "Grace" } } },
        })
        same([profile.state, (profile.identity.traits as { name: unknown }).name], ["success", { first: "Grace" }], "profile")
        const short = await refusal(
          ory.updateSettingsFlow({ flow: flow.id, xSessionToken, updateSettingsFlowBody: { method: "password", password: "abc" } }),
        )
        check(short.body.ui && messagesOf(short.body.ui).includes(4000032), "a short password has no message 4000032")
        await ory.updateSettingsFlow({
          flow: flow.id,
          xSessionToken,
          updateSettingsFlowBody: { method: "password", password: newPassword },
        })
        await login(ory, email, newPassword)
      },
    ],
    [
      "an app verifies an address by code",
      async () => {
        const email = "ts-verify@example.org"
        const done = await register(ory, email)
        const flow = next(done.continue_with, "show_verification_ui").flow.id
        const code = await codeOf(email, "verify")
        const wrong = await ory.updateVerificationFlow({ flow, updateVerificationFlowBody: { method: "code", code: differing(code) } })
        check(messagesOf(wrong.ui).includes(4070006), "a wrong code has no message 4070006")
        same(
          (await ory.updateVerificationFlow({ flow, updateVerificationFlowBody: { method: "code", code } })).state,
          "passed_challenge",
          "state",
        )
        const me = await ory.toSession({ xSessionToken: done.session_token })
        same(me.identity?.verifiable_addresses?.[0]?.verified, true, "verified")
      },
    ],
    [
      "an app recovers by code",
      async () => {
        const email = "ts-settings@example.org"
        const flow = await ory.createNativeRecoveryFlow()
        same(
          (await ory.updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: "code", email } })).state,
          "sent_email",
          "state",
        )
        const code = await codeOf(email, "recover")
        const done = await ory.updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: "code", code } })
        const xSessionToken = next(done.continue_with, "set_ory_session_token").ory_session_token
        const settings = next(done.continue_with, "show_settings_ui").flow.id
        await ory.updateSettingsFlow({ flow: settings, xSessionToken, updateSettingsFlowBody: { method: "password", password } })
        await login(ory, email)
      },
    ],
    [
      "errors carry the documented ids",
      async () => {
        const nothing = "00000000-0000-4000-8000-000000000000"
        const told = async (request: Promise<unknown>) => {
          const { status, body } = await refusal(request)
          return [status, body.error?.id]
        }
        same(await told(ory.createBrowserLogoutFlow()), [401, "session_inactive"], "logout of nobody")
        same(await told(ory.createNativeSettingsFlow()), [401, "session_inactive"], "settings of nobody")
        same(await told(ory.createNativeLoginFlow({ aal: "aal2" })), [401, "session_aal1_required"], "a second factor of nobody")
        same((await told(ory.getLoginFlow({ id: nothing })))[0], 404, "a flow that isn't")
        same((await told(ory.getFlowError({ id: nothing })))[0], 404, "an error that isn't")
        same(
          await told(ory.createBrowserLoginFlow({ returnTo: "https://evil.example/" })),
          [400, "self_service_flow_return_to_forbidden"],
          "a foreign return_to",
        )
        const owner = await register(ory, "ts-owner@example.org")
        const settings = await ory.createNativeSettingsFlow({ xSessionToken: owner.session_token })
        const other = await register(ory, "ts-other@example.org")
        same(
          await told(ory.getSettingsFlow({ id: settings.id, xSessionToken: other.session_token })),
          [403, "security_identity_mismatch"],
          "another's settings",
        )
      },
    ],
  ]
}

/** The flows of browsers: `ory` keeps cookies. `elsewhere` is another browser. */
export function browserSteps(ory: FrontendApi, elsewhere: FrontendApi, codeOf: CodeOf, email: string): Step[] {
  const signOut = async () => ory.updateLogoutFlow({ token: (await ory.createBrowserLogoutFlow()).logout_token })
  const signIn = async (secret = password) => {
    const flow = await ory.createBrowserLoginFlow()
    return ory.updateLoginFlow({
      flow: flow.id,
      updateLoginFlowBody: { method: "password", identifier: email, password: secret, csrf_token: csrfOf(flow.ui) },
    })
  }
  return [
    [
      "a browser registers in two steps",
      async () => {
        const flow = await ory.createBrowserRegistrationFlow()
        const first = await refusal(
          ory.updateRegistrationFlow({
            flow: flow.id,
            updateRegistrationFlowBody: { method: "profile", traits: { email }, csrf_token: csrfOf(flow.ui) },
          }),
        )
        check(first.status === 400 && first.body.ui && messagesOf(first.body.ui).includes(1040009), `the first step: ${first.status}`)
        const done = await ory.updateRegistrationFlow({
          flow: flow.id,
          updateRegistrationFlowBody: { method: "password", password, traits: { email }, csrf_token: csrfOf(first.body.ui) },
        })
        same(
          [done.session_token, next(done.continue_with, "show_verification_ui").flow.verifiable_address],
          [undefined, email],
          "what a browser is told",
        )
        same((await ory.toSession()).identity?.id, done.identity.id, "whoami by cookie")
        same((await refusal(ory.createBrowserLoginFlow())).body.error?.id, "session_already_available", "a login flow while signed in")
      },
    ],
    [
      "a browser signs out and in again",
      async () => {
        await signOut()
        same((await refusal(ory.toSession())).status, 401, "whoami after the logout")
        const flow = await ory.createBrowserLoginFlow()
        const foreign = await refusal(elsewhere.getLoginFlow({ id: flow.id }))
        same([foreign.status, foreign.body.error?.id], [403, "security_csrf_violation"], "another browser's look at the flow")
        const noToken = await refusal(
          ory.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: { method: "password", identifier: email, password } }),
        )
        same([noToken.status, noToken.body.error?.id], [403, "security_csrf_violation"], "without the token")
        const wrong = await refusal(
          ory.updateLoginFlow({
            flow: flow.id,
            updateLoginFlowBody: { method: "password", identifier: email, password: "wrong", csrf_token: csrfOf(flow.ui) },
          }),
        )
        check(wrong.body.ui && messagesOf(wrong.body.ui).includes(4000006), "a wrong password has no message 4000006")
        const again = await ory.getLoginFlow({ id: flow.id })
        await ory.updateLoginFlow({
          flow: flow.id,
          updateLoginFlowBody: { method: "password", identifier: email, password, csrf_token: csrfOf(again.ui) },
        })
      },
    ],
    [
      "a browser proves itself again",
      async () => {
        const flow = await ory.createBrowserLoginFlow({ refresh: true })
        check(messagesOf(flow.ui).includes(1010003), "the flow doesn't ask for a confirmation")
        await ory.updateLoginFlow({
          flow: flow.id,
          updateLoginFlowBody: { method: "password", identifier: email, password, csrf_token: csrfOf(flow.ui) },
        })
        same((await ory.listMySessions()).length, 0, "other sessions")
      },
    ],
    [
      "a browser changes profile and password",
      async () => {
        const flow = await ory.createBrowserSettingsFlow()
        const profile = await ory.updateSettingsFlow({
          flow: flow.id,
          updateSettingsFlowBody: { method: "profile", traits: { email, name: { first: "Ada" } }, csrf_token: csrfOf(flow.ui) },
        })
        same(profile.state, "success", "state")
        await ory.updateSettingsFlow({
          flow: flow.id,
          updateSettingsFlowBody: { method: "password", password: newPassword, csrf_token: csrfOf(profile.ui) },
        })
        await ory.toSession()
        await signOut()
        await signIn(newPassword)
        await signOut()
      },
    ],
    [
      "a browser recovers by code",
      async () => {
        const flow = await ory.createBrowserRecoveryFlow()
        const sent = await ory.updateRecoveryFlow({
          flow: flow.id,
          updateRecoveryFlowBody: { method: "code", email, csrf_token: csrfOf(flow.ui) },
        })
        const code = await codeOf(email, "recover")
        const done = await ory.updateRecoveryFlow({
          flow: flow.id,
          updateRecoveryFlowBody: { method: "code", code, csrf_token: csrfOf(sent.ui) },
        })
        const settings = await ory.getSettingsFlow({ id: next(done.continue_with, "show_settings_ui").flow.id })
        await ory.updateSettingsFlow({
          flow: settings.id,
          updateSettingsFlowBody: { method: "password", password, csrf_token: csrfOf(settings.ui) },
        })
        await signOut()
        await signIn()
      },
    ],
    [
      "a browser verifies an address by code",
      async () => {
        await codeOf(email, "verify") // the one that the registration sent
        const flow = await ory.createBrowserVerificationFlow()
        const sent = await ory.updateVerificationFlow({
          flow: flow.id,
          updateVerificationFlowBody: { method: "code", email, csrf_token: csrfOf(flow.ui) },
        })
        same(sent.state, "sent_email", "state")
        const code = await codeOf(email, "verify")
        const done = await ory.updateVerificationFlow({
          flow: flow.id,
          updateVerificationFlowBody: { method: "code", code, csrf_token: csrfOf(sent.ui) },
        })
        same(done.state, "passed_challenge", "state")
      },
    ],
  ]
}
