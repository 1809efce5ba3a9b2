import { importTexts } from "./imported";

test("specifiers that would stand for something else under another name, or of another manager, are put in", () => {
  const SERVICE = "[Service]\nUser=deploy\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C a.rb\n";
  const { program } = importTexts(
    { "blog@.service": `${SERVICE}Slice=%p.slice\nSyslogIdentifier=%p-%i-%%p\nRuntimeDirectory=%p/%I\n` },
    "a-b",
  );
  expect(program).toContain('Slice: "blog.slice"');
  expect(program).toContain('SyslogIdentifier: "blog-a-b-%%p"');
  expect(program).toContain('RuntimeDirectory: "blog/a/b"');
  const ofUser = importTexts({
    "web.service":
      "[Service]\nWorkingDirectory=%h/app\nExecStart=%h/app/bin/puma -C a.rb\n" +
      "StandardOutput=append:%h/log/puma.log\nSlice=%p.slice\n[Install]\nWantedBy=default.target\n",
  }).program;
  expect(ofUser).toContain('logs: Logs.file("/home/deploy/log/puma.log")');
  expect(ofUser).toContain('Slice: "%p.slice"');
});
