import { shellCommands } from "../../lib/puma/shell-script";

/** Commands as their operators and words, a word that only a shell knows as it stands between angle brackets. */
const read = (script: string): string[] =>
  shellCommands(script).map(({ words, before, after }) =>
    [before, ...words.map(({ raw, text }) => text ?? `<${raw}>`), after].filter(Boolean).join(" "),
  );

test.each<[string, string[]]>([
  ["", []],
  [" \n# nothing\n", []],
  ["a b", ["a b"]],
  ["a && b || c; d", ["a &&", "&& b ||", "|| c ;", "; d"]],
  ["a&&b||c;d|e|&f&g", ["a &&", "&& b ||", "|| c ;", "; d |", "| e |&", "|& f &", "& g"]],
  ["a &&\n\n # why\n b", ["a &&", "&& b"]],
  ["a\n\nb\n", ["a \n", "\n b \n"]],
  ["a \\\n b\\\nc", ["a bc"]],
  ["a # b; c\nd", ["a \n", "\n d"]],
  ["a#b c", ["a#b c"]],
  ['echo \'a && b; "c"\' "d || \'e\' \\" \\x"', [`echo a && b; "c" d || 'e' " \\x`]],
  ["a\\ b \\; \\'", ["a b ; '"]],
  ["$'a\\'b' $\"c d\" c", ["<$'a\\'b'> c d c"]],
  [
    '$(a "b c"; d) `e f` "$(g "h i")" ${j:-k l} $((1 + 2)) end',
    ['<$(a "b c"; d)> <`e f`> <"$(g "h i")"> <${j:-k l}> <$((1 + 2))> end'],
  ],
  ['"$a" $b $ "$" x$1y', ['<"$a"> <$b> $ $ <x$1y>']],
  ["a >b 2>&1 <c &>d >>'e f' >| g 3<&- h", ["a h"]],
  ["a 2 >b", ["a 2"]],
  ["a <(b c) >(d e)", ["a <<(b c)> <>(d e)>"]],
  ["( a; b ) || c", ["( (", "( a ;", "; b )", "; ) )", "|| c"]],
  ["(a) | b", ["( (", "( a )", "( ) )", "| b"]],
  ["names=(a b) c", ["<names=(a b)> c"]],
  ["[ a* ] && [[ -f $b ]]", ["<[> <a*> ] &&", "&& <[[> -f <$b> ]]"]],
])("%#: %j", (script, commands) => {
  expect(read(script)).toEqual(commands);
});

test.each<[string, ("whole" | "split" | undefined)[]]>([
  ['a "$@" "${@}" ${1+"$@"} "x$@"', [undefined, "whole", "whole", "whole", "whole"]],
  ['a $@ $* "$*" "$@$*" ${@} "${*}"', [undefined, "split", "split", "split", "split", "split", "split"]],
  [`a '$@' "\\$@" \\$@ "$(b "$@")" $@x`, [undefined, undefined, undefined, undefined, undefined, "split"]],
])("the arguments in %j", (script, args) => {
  expect(shellCommands(script)[0]?.words.map((word) => word.args)).toEqual(args);
});

test.each([
  ["a 'b", "a ' that is not closed"],
  ["a $'b", "a ' that is not closed"],
  ['a "b', 'a " that is not closed'],
  ['a "$(b', 'a bracket that is not closed by ")"'],
  ["a ${b", 'a bracket that is not closed by "}"'],
  ["a `b", "a ` that is not closed"],
  ["a \\", "a \\ at its end"],
  ["a <<E\nb\nE", "a here-document"],
  ["a >", '"" where a word should be'],
  ["a > ;", '";" where a word should be'],
])("not read: %j", (script, message) => {
  expect(() => shellCommands(script)).toThrow(new Error(message));
});

test("a command ends with its last word or redirection", () => {
  const ends = shellCommands("a 'b' >c && d  # e").map(({ end }) => end);
  expect(ends).toEqual(["a 'b' >c".length, "a 'b' >c && d".length]);
});
