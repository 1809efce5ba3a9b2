/** A host of Debian 11, which has no Redmine, with a Rails of Debian's packages: an application as `rails generate scaffold` makes it. */
import { PumaCommand, type PumaServiceProps } from "../../lib";
import { type FleetHost, type HostSpec } from "../../lab/fleet/fleet";

const FOLDER = "/srv/planks";
const SECRET_KEY_BASE = "0123456789abcdef".repeat(8);

/** A host that has the packages. */
export function railsHost(name: string): HostSpec {
  return { name, release: "bullseye", packages: ["rails", "ruby-sqlite3"] };
}

/** The service of it. */
export const RAILS: Partial<PumaServiceProps> & { workingDirectory: string } = {
  user: "deploy",
  workingDirectory: FOLDER,
  command: PumaCommand.executable("/usr/bin/puma"),
  configFile: false,
  environment: { RAILS_ENV: "production", RAILS_SERVE_STATIC_FILES: "1", SECRET_KEY_BASE },
};

const SKIPPED = ["bundle", "javascript", "git", "bootsnap", "spring", "listen", "test", "sprockets", "puma"];
const GEMFILE = ["rails", "sqlite3", "puma"].map((gem) => `gem "${gem}"\n`).join("");
const SEEDS = `
20.times { |i| Post.create!(title: "Post #{i}", body: "Planks, #{i} of them") }
`;

/** Makes the application, its database and what is in it. */
export async function installRails(host: FleetHost): Promise<void> {
  const skips = SKIPPED.map((what) => `--skip-${what}`).join(" ");
  await host.exec(`rails new ${FOLDER} ${skips}`);
  await host.write(`${FOLDER}/Gemfile`, GEMFILE);
  await host.write(`${FOLDER}/db/seeds.rb`, SEEDS);
  const environment = `env RAILS_ENV=production SECRET_KEY_BASE=${SECRET_KEY_BASE}`;
  await host.exec(
    `cd ${FOLDER} && bundle install --local && export HOME=/tmp && rails generate scaffold post title body:text &&
      sed -i 's/^Rails.application.routes.draw do$/&\\n  root "posts#index"/' config/routes.rb &&
      ${environment} rails db:migrate db:seed && chown -R deploy:deploy ${FOLDER}`,
  );
}
