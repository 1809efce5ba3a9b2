import { importTexts } from "./imported";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";

describe("what is said beside what cannot be", () => {
  const SOCKET = "[Socket]\nListenStream=80\n";
  const withUnit = (lines: string): ReturnType<typeof importTexts> =>
    importTexts({ "web.service": `[Unit]\n${lines}\n${SERVICE}`, "web.socket": SOCKET });

  test.each(["After=network.target web.socket redis.socket", "Wants=web.socket redis.socket"])(
    "a socket of another service beside its own: %s",
    (line) => {
      const { program } = withUnit(line);
      expect(program).toContain(line.replace("=", ': "'));
    },
  );

  test("all but the name that its socket had", () => {
    const result = withUnit("After=network.target old.socket redis.service");
    expect(result.program).toContain('After: "network.target redis.service"');
    expect(result.program).toContain("web.service:2: After= old.socket: the socket is web.socket here");
  });

  test.each([
    ["PATH=/opt/bin:$PATH", "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ["PATH=${PATH}:/opt/bin", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"],
  ])("a PATH that is to be longer: %s", (variable, path) => {
    const { program } = importTexts({ "web.service": `${SERVICE}Environment=${variable} A=1\n` });
    expect(program).toContain(`environment: { PATH: "${path}", A: "1" }`);
    expect(program).toMatch(/nobody expands \$\{?PATH\}?: systemd's own PATH is written out/);
  });

  test("a name with brackets, which people read", () => {
    expect(withUnit("Description=App <main>").program).toContain('Description: "App <main>"');
  });
});
