package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fresh signing keys as lines of settings. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        description = "Print fresh signing keys as settings. Nothing is stored.",
        subcommands = {KeygenCommand.Hmac.class, KeygenCommand.Ed25519.class})
final class KeygenCommand extends CommandGroup {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    KeygenCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "hmac", mixinStandardHelpOptions = true, description = "A shared secret for producers and workers.")
    static final class Hmac implements Callable<Integer> {
        private final CommandContext context;

        @Option(names = "--id", description = "The key's id (default ${DEFAULT-VALUE}).")
        private String id = "primary";

        Hmac(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            context.out()
                    .println("STEM_SIGNING_KEYS=" + checked(id) + ":"
                            + base64(Signing.fastest().random32()));
            context.out().println("STEM_SIGNING_ACTIVE_KEY=" + id);
            return 0;
        }
    }

    @Command(
            name = "ed25519",
            mixinStandardHelpOptions = true,
            description = "A key pair: producers and beats hold both halves, workers the public one.")
    static final class Ed25519 implements Callable<Integer> {
        private final CommandContext context;

        @Option(names = "--id", description = "The key's id (default ${DEFAULT-VALUE}).")
        private String id = "primary";

        Ed25519(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Signing signing = Signing.fastest();
            SecretBytes seed = signing.random32();
            String publicKey =
                    Base64.getEncoder().encodeToString(signing.signer(seed).publicKey());
            context.out().println("STEM_SIGNING_ALGORITHM=ed25519");
            context.out().println("STEM_SIGNING_PUBLIC_KEYS=" + checked(id) + ":" + publicKey);
            context.out().println("STEM_SIGNING_PRIVATE_KEYS=" + id + ":" + base64(seed));
            context.out().println("STEM_SIGNING_ACTIVE_KEY=" + id);
            return 0;
        }
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw CommandFailed.usage("--id has 1 to 64 letters, digits, dots, dashes and underscores");
        }
        return id;
    }

    private static String base64(SecretBytes secret) {
        return Base64.getEncoder().encodeToString(secret.expose(SecretAccess.grant()));
    }
}
