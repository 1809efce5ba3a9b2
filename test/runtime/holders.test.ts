/** What is printed of a stranger's command. */
import { functions, quoted, says, SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test.each<[string[], string]>([
    [["ruby", "server.rb", "-p", "3000"], "ruby server.rb -p 3000"],
    [["puma 6.6.0 (tcp://0.0.0.0:9292) [blog]", ""], "puma 6.6.0 (tcp://0.0.0.0:9292) [blog]"],
    [["mysqld", "--password", "two words", "--port", "33"], "mysqld --password [...] --port 33"],
    [["mysqld", "--password=two words", "--port", "33"], "mysqld --password=[...] --port 33"],
    [["server", "--api-key", "-b7", "--auth", "--port", "3"], "server --api-key [...] --auth --port 3"],
    [["sshpass", "-p", "7up", "ssh", "web1"], "sshpass -p [...] ssh web1"],
    [
      ["env", "SECRET_KEY_BASE=ab", "API_TOKEN=c", "PORT=3", "x"],
      "env SECRET_KEY_BASE=[...] API_TOKEN=[...] PORT=3 x",
    ],
    [["psql", "postgres://app:hunter2@db/x"], "psql postgres://[...]@db/x"],
    [["curl", "-H", "Authorization: Bearer ab"], "curl -H Authorization:[...]"],
    [["sh", "-c", 'puma -p 3000 && A_PASSWORD="two words" b'], "sh -c puma -p 3000 && A_PASSWORD=[...]"],
    [["sh", "-c", "puma -p 3000 --token ab cd", "x"], "sh -c puma -p 3000 --token [...] x"],
    [["sh", "-c", "puma\t--token\tab"], "sh -c puma --token [...]"],
    [["env", "DB_PWD=ab", "PORT=3", "x"], "env DB_PWD=[...] PORT=3 x"],
    [["server", '{"port":3,"password":"ab"}'], 'server {"port":3,"password":[...]'],
    [["psql", "postgres://app:hun/ter2@db/x"], "psql postgres://[...]@db/x"],
    [["sh", "-c", "a\nTOKEN=b"], "sh -c a TOKEN=[...]"],
  ])("the command %j", async (words, told) => {
    const script = `stat() { echo deploy; }
      head() { printf '%s\\0' ${words.map(quoted).join(" ")}; }
      process_named 7`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(`process 7 of deploy: ${told}`);
  });

  test.each([
    ["ssh.service", "ssh.service, by which one logs in here: let that be"],
    ["ssh.socket", "ssh.socket, by which one logs in here: let that be"],
    [
      "sshd@7-10.0.0.1:22-10.0.0.2:5.service",
      "sshd@7-10.0.0.1:22-10.0.0.2:5.service, by which one logs in here: let that be",
    ],
    ["sshd-proxy.service", "sshd-proxy.service: 'systemctl disable --now sshd-proxy.service' ends it"],
  ])("a port that is taken by %s", async (unit, told) => {
    expect(
      await says(shell, `${functions()}\nholder_in() { found=''; }\nnamed_holder ${unit} 0.0.0.0 22`),
    ).toBe(told);
  });
});
