/** What jsii writes of a library's public names, as far as it is looked at here. */
export interface Assembly {
  /** By their full names, such as `cdktf-puma.Bind`. */
  readonly types: Readonly<Record<string, PublicType>>;
}

/** What is said of a name. */
export interface Docs {
  readonly summary?: string;
  readonly default?: string;
  readonly example?: string;
}

/** A public name. */
export interface Documented {
  readonly name: string;
  readonly docs?: Docs;
}

/** A class, or an interface. */
export interface PublicType extends Documented {
  readonly kind: "class" | "interface" | "enum";
  readonly initializer?: { readonly parameters?: readonly Value[] };
  readonly methods?: readonly Method[];
  readonly properties?: readonly Value[];
}

/** A method of a class, or of an interface. */
export interface Method extends Documented {
  readonly static?: boolean;
  readonly parameters?: readonly Value[];
}

/** A parameter, or a property. */
export interface Value extends Documented {
  readonly optional?: boolean;
}

/** What is missing in what is said of an assembly's names. */
export function missingDocs({ types }: Assembly): string[] {
  return Object.values(types).flatMap((type) => [
    ...summaryOf(type.name, type),
    ...(type.kind === "class" ? exampleOf(type.name, type) : []),
    ...ofParameters(`new ${type.name}`, type.initializer?.parameters),
    ...(type.methods ?? []).flatMap((method) => ofMethod(`${type.name}.${method.name}`, method)),
    ...(type.properties ?? []).flatMap((value) => summaryOf(`${type.name}.${value.name}`, value)),
    ...(type.kind === "interface" ? defaultsOf(type) : []),
  ]);
}

/** The examples of an assembly's classes and of their methods, by whose they are. */
export function examplesIn({ types }: Assembly): Record<string, string> {
  const documented = Object.values(types).flatMap((type) => [
    [type.name, type] as const,
    ...(type.methods ?? []).map((method) => [`${type.name}.${method.name}`, method] as const),
  ]);
  return Object.fromEntries(
    documented.flatMap(([name, { docs }]) => (docs?.example === undefined ? [] : [[name, docs.example]])),
  );
}

function ofMethod(name: string, method: Method): string[] {
  return [
    ...summaryOf(name, method),
    ...(method.static ? exampleOf(name, method) : []),
    ...ofParameters(name, method.parameters),
  ];
}

function ofParameters(name: string, parameters: readonly Value[] = []): string[] {
  return parameters
    .filter(({ docs }) => docs?.summary === undefined || docs.summary.endsWith(";"))
    .map((value) => `${name}: no @param ${value.name}, or one that is cut at a semicolon`);
}

function defaultsOf({ name, properties = [] }: PublicType): string[] {
  const without = properties.filter(({ optional, docs }) => optional && docs?.default === undefined);
  return without.map((value) => `${name}.${value.name}: no @default`);
}

/** A summary stands in tables of names: jsii ends it where a sentence does, or at a semicolon. */
function summaryOf(name: string, { docs }: Documented): string[] {
  if (docs?.summary === undefined) return [`${name}: no summary`];
  return docs.summary.endsWith(".") ? [] : [`${name}: a summary that is no whole sentence: ${docs.summary}`];
}

function exampleOf(name: string, { docs }: Documented): string[] {
  return docs?.example === undefined ? [`${name}: no @example`] : [];
}
