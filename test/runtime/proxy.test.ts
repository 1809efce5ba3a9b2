import { functions, says, SHELLS, stubs } from "./shell";

const ID = `case "$1 $3" in
  "-u nobody-here") exit 1 ;;
  "-u root") echo 0 ;;
  -u*) echo 33 ;;
  "-gn deploy") echo deploy ;;
  "-gn root") echo root ;;
  -g*) echo 33 ;;
  -Gn*) echo www-data web ;;
esac`;

/** Counts the folders, the deepest first, and says that this one is closed; 0 for none. */
const closing = (number: number): string => `exit $((${number} == 0 ? 0 : ${number} + 40))`;

describe.each(SHELLS)("under $name", (shell) => {
  const problems = async (sockets: string, closed = 0, user = "www-data"): Promise<string> => {
    const settings = { PUMA_PROXY_USER: user, PUMA_PROXY_SOCKETS: sockets, PUMA_SERVICE: "web" };
    const before = stubs({ id: ID, setpriv: closing(closed) });
    const script = `${functions(settings)}\ncheck_proxy; printf %s "$problems"`;
    return (await says(shell, script, { before })).replace(/^\n {2}- /, "");
  };

  test.each([
    "0666 - - /tmp/a.sock",
    "660 deploy www-data /tmp/a.sock",
    "0660 deploy web /tmp/a.sock",
    "0600 www-data - /tmp/a.sock",
    "775 web web /tmp/a.sock",
  ])("%s may be written to", async (sockets) => {
    expect(await problems(sockets)).toBe("");
  });

  test.each([
    ["755 deploy - /tmp/a.sock", "of deploy and deploy, mode 755"],
    ["0660 - - /tmp/a.sock", "of root and root, mode 0660"],
    ["0666 - -\n0060 www-data web /tmp/a.sock", "of www-data and web, mode 0060"],
    ["0606 deploy web /tmp/a.sock", "of deploy and web, mode 0606"],
  ])("%s may not", async (sockets, words) => {
    expect(await problems(sockets)).toBe(
      `www-data may not write to /tmp/a.sock, which will be ${words} ('proxyUser'): give it the 'mode' 0666, or 0660 and a group that www-data is in`,
    );
  });

  test("root may write to any", async () => {
    expect(await problems("0600 deploy deploy /tmp/a.sock", 0, "root")).toBe("");
  });

  test("a folder that is closed to it is named", async () => {
    expect(await problems("0666 - - /usr/bin/none/a.sock", 2)).toBe(
      "www-data may not enter /usr, so it reaches no socket below it ('proxyUser'): chmod o+x /usr, or use /run/web/puma.sock",
    );
  });

  test("a user who is not there is told", async () => {
    expect(await problems("0666 - - /tmp/a.sock", 0, "nobody-here")).toBe(
      "there is no user 'nobody-here' ('proxyUser')",
    );
  });

  test("nobody is asked for where none is named", async () => {
    expect(await problems("", 1, "")).toBe("");
  });
});
