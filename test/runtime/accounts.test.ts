import { functions, says, SHELLS, stubs } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test("what runs as the service's user has nothing of the run's own output", async () => {
    const setpriv = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
    const script = `account='uid=7(deploy) gid=7(deploy) groups=7(deploy)'
      told=$(as_user 5 sh -c 'echo answer; echo "an error" >&2')
      printf 'told: %s' "$told"`;
    const settings = { PUMA_USER: "deploy" };
    expect(await says(shell, `${functions(settings)}\n${script}`, { before: stubs({ setpriv }) })).toBe(
      "told: answer\nan error",
    );
  });
});
