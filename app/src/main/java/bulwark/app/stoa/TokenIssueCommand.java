package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints one token. Whoever may read the gateway's state folder may issue. */
@Command(
        name = "issue",
        mixinStandardHelpOptions = true,
        description = "Print an access token, signed by the key ring in STOA_STATE_DIR; the gateway accepts it while no"
                + " Keycloak is set.")
final class TokenIssueCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

    private final CommandContext context;

    @Option(
            names = "--role",
            required = true,
            description = "Role of the bearer: viewer, devops, tenant-admin or cpi-admin. Can be given several times.")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--tenant", required = true, description = "Tenant that the bearer belongs to.")
    private String tenant = "";

    @Option(names = "--for", description = "How long the token is good, at most 24h (default: 5m).")
    private @Nullable String lifetime;

    @Option(
            names = "--subject",
            defaultValue = "operator",
            description = "Who the bearer is, for quotas and evidence (default: operator).")
    private String subject = "";

    @Option(
            names = "--client",
            defaultValue = LocalTokenIssuer.CLIENT,
            description =
                    "Program that the token is given to, such as the OAuth client of an application (default: stoa-cli).")
    private String client = "";

    TokenIssueCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        requireName("--tenant", tenant);
        requireName("--subject", subject);
        if (!CLIENT.matcher(client).matches()) {
            throw CommandFailed.usage(
                    "--client must be the id of a client, at most 200 of A-Z, a-z, 0-9, dot, underscore and hyphen, not \""
                            + printable(client) + "\"");
        }
        List<Role> named = roles.stream().map(TokenIssueCommand::role).toList();
        Configuration settings =
                Configuration.readLenient(GatewaySettings.schema(), context.environment(), context.directory());
        if (!settings.text("STOA_KEYCLOAK_URL").isEmpty()) {
            context.err()
                    .println("The gateway takes its tokens from STOA_KEYCLOAK_URL and will refuse this one; unset it to"
                            + " use tokens that are issued here.");
        }
        List<String> audiences = settings.list("STOA_ALLOWED_AUDIENCES");
        if (audiences.isEmpty()) {
            throw CommandFailed.usage("STOA_ALLOWED_AUDIENCES names no audience; name one that the gateway accepts");
        }
        Path stateFolder = context.directory().resolve(settings.text("STOA_STATE_DIR"));
        LocalTokenIssuer issuer = LocalTokenIssuer.open(stateFolder, Signing.fastest(), context.clock());
        context.out().println(issuer.issue(subject, tenant, named, lifetime(), audiences.getFirst(), client));
        return 0;
    }

    private Duration lifetime() {
        if (lifetime == null) {
            return LocalTokenIssuer.STANDARD_LIFETIME;
        }
        Duration parsed = Durations.find(lifetime)
                .orElseThrow(() -> CommandFailed.usage("--for must be " + Durations.expected()));
        if (parsed.compareTo(Duration.ofSeconds(1)) < 0 || parsed.compareTo(LocalTokenIssuer.MAX_LIFETIME) > 0) {
            throw CommandFailed.usage("--for must be from 1s to 24h: issue another token when this one has ended");
        }
        return parsed;
    }

    private static Role role(String name) {
        return Role.named(name, false)
                .orElseThrow(() -> CommandFailed.usage(
                        "--role must be viewer, devops, tenant-admin or cpi-admin, not \"" + printable(name) + "\""));
    }

    private static void requireName(String option, String value) {
        if (!NAME.matcher(value).matches()) {
            throw CommandFailed.usage(option + " must begin with a letter or digit and have at most 64 of A-Z, a-z,"
                    + " 0-9, dot, underscore, hyphen and @, not \"" + printable(value) + "\"");
        }
    }

    private static String printable(String text) {
        return bulwark.kernel.error.PrintableText.line(text);
    }
}
