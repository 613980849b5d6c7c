import reactHooks from "eslint-plugin-react-hooks"
import tseslint from "typescript-eslint"

/** Nobody in `from` may import anything that matches `patterns`. */
const wall = (from, patterns, message) => ({
  files: [`src/${from}/**/*.{ts,tsx}`],
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }] },
})

export default tseslint.config(
  { ignores: ["dist", "**/wailsjs/**", "test-results"] },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
      "max-len": ["error", { code: 140, tabWidth: 2 }],
      "react-hooks/incompatible-library": "off", // no compiler here that could skip a component
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "A union of strings, closed by a switch." }],
    },
  },
  { files: ["src/desktop/verbs.ts", "src/api/types.ts"], rules: { "max-len": "off" } }, // written by a program
  { files: ["*.config.{js,ts}", "e2e*/*.config.ts"], rules: { "no-restricted-exports": "off" } },
  wall("browser", ["**/desktop/**", "**/wailsjs/**", "@mantine/*"], "Pages run in a real browser: no window, no Wails, no kit."),
  wall("desktop", ["**/browser/**", "**/passkey/**", "**/api/http"], "Panels call the bound methods, not the HTTPS server."),
  wall("mail", ["**/desktop/**", "**/browser/**", "**/passkey/**", "**/api/http", "**/wailsjs/**", "@mantine/*"], "The mailbox knows mails alone."),
  wall(
    "ui", // pages use it too, so no kit of the window's
    ["**/desktop/**", "**/browser/**", "**/passkey/**", "**/api/http", "**/wailsjs/**", "@mantine/*"],
    "Shared parts know nothing about the lab.",
  ),
  wall("passkey", ["**/desktop/**", "**/browser/**", "**/wailsjs/**", "react"], "Ceremonies know nothing about screens."),
  wall("api", ["**/desktop/**", "**/browser/**", "**/passkey/**", "**/ui/**", "react"], "The wire knows nothing about screens."),
)
