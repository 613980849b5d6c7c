/** How somebody signed in, as a label. The wire's own word stands for what this program doesn't know. */
export function methodName(method: string): string {
  switch (method) {
    case "passkey":
      return "Passkey"
    case "password":
      return "Password"
    case "code":
      return "Code by e-mail"
    case "mock":
      return "Mock user"
    default:
      return method || "Not known"
  }
}
