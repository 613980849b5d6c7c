import { useMantineColorScheme } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight"

import { toFault } from "../api/fault"
import { pages } from "../api/pages"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { lab, type PageName } from "./lab"
import { useOpen } from "./opening"
import { openWords, pageIcons } from "./pages"
import { digit, type PanelName, panels } from "./panels"

const openable: readonly { name: PageName; about: string }[] = [
  ...pages.filter((p) => p.name !== ""),
  { name: "mail", about: "The mailbox: HTML, source and attachments of each mail" },
]

/** The command palette, Ctrl K: every panel and every verb that needs no row. */
export function Palette({ go }: { go: (panel: PanelName) => void }) {
  const { open, openVirtual } = useOpen()
  const { setColorScheme } = useMantineColorScheme()
  const say = (doing: Promise<unknown>, done: string) =>
    void doing.then(
      () => notifications.show({ message: done }),
      (thrown: unknown) => {
        const fault = toFault(thrown)
        notifications.show({ color: "red", title: fault.message, message: fault.hint, autoClose: 12_000 })
      },
    )
  const actions: SpotlightActionGroupData[] = [
    {
      group: "Go to",
      actions: panels.map((p) => ({
        id: `go-${p.name}`,
        label: p.title,
        leftSection: <Icon icon={p.icon} />,
        rightSection: digit(p.name) !== undefined && <span className="faint">Ctrl {digit(p.name)}</span>,
        onClick: () => go(p.name),
      })),
    },
    {
      group: "In your browser",
      actions: openable.map((p) => ({
        id: `open-${p.name}`,
        label: openWords(p.name),
        description: p.about,
        leftSection: <Icon icon={pageIcons[p.name]} />,
        onClick: () => open(p.name),
      })),
    },
    {
      group: "With a virtual authenticator",
      actions: (["register", "login"] as const).map((page) => ({
        id: `virtual-${page}`,
        label: `Open ${page} with a virtual authenticator`,
        leftSection: <Icon icon={icons.virtual} />,
        onClick: () => openVirtual(page),
      })),
    },
    {
      group: "Lab",
      actions: [
        {
          id: "trust",
          label: "Trust in this machine's browsers",
          description: "Puts the lab's certificate authority into the browsers' stores",
          leftSection: <Icon icon={icons.shield} />,
          onClick: () => {
            go("home")
            say(lab.trust({ browsers: true }), "The browsers' stores were asked; the home panel shows what each says.")
          },
        },
        {
          id: "clock-10m",
          label: "Move the clock 10 minutes on",
          leftSection: <Icon icon={icons.clock} />,
          onClick: () => say(lab.moveClock({ by: "10m" }), "The clock is moved."),
        },
        {
          id: "clock-reset",
          label: "Reset the clock",
          leftSection: <Icon icon={icons.clock} />,
          onClick: () => say(lab.moveClock({ by: "reset" }), "The clock is the machine's again."),
        },
      ],
    },
    {
      group: "Look",
      actions: [
        {
          id: "look-auto",
          label: "Look as the system does",
          leftSection: <Icon icon={icons.system} />,
          onClick: () => setColorScheme("auto"),
        },
        { id: "look-light", label: "Look light", leftSection: <Icon icon={icons.sun} />, onClick: () => setColorScheme("light") },
        { id: "look-dark", label: "Look dark", leftSection: <Icon icon={icons.moon} />, onClick: () => setColorScheme("dark") },
      ],
    },
  ]
  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      nothingFound="Nothing is called that"
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <Icon icon={icons.search} />,
        placeholder: "Go to a panel, or run a command",
        "aria-label": "Search panels and commands",
      }}
    />
  )
}
