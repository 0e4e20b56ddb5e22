package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.SecretOption;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** First and last keys: what only the owner of the process may do. */
@Command(
        name = "auth",
        description = "API keys that only the owner of the node can make.",
        subcommands = {AuthCommand.BootstrapKey.class, AuthCommand.ReissueAdmin.class})
final class AuthCommand {
    @Command(name = "bootstrap-key", description = "Register the first key of an empty node.")
    static final class BootstrapKey implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Option(
                names = "--key",
                description = "Only -, which reads the key from standard input (default: STIGMEM_BOOTSTRAP_KEY).")
        private @Nullable String key;

        @Option(
                names = "--entity-uri",
                defaultValue = "agent:admin",
                description = "Entity URI of the key (default ${DEFAULT-VALUE}).")
        private String entityUri = "agent:admin";

        @Option(
                names = "--permissions",
                split = ",",
                defaultValue = "admin,write,read",
                description = "Permissions of the key (default ${DEFAULT-VALUE}).")
        private List<String> permissions = List.of();

        BootstrapKey(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() throws IOException {
            String raw = SecretOption.read("--key", key, context.in(), "STIGMEM_BOOTSTRAP_KEY")
                    .or(this::configured)
                    .orElse("");
            if (raw.length() < 16) {
                context.err()
                        .println(
                                "error: give a key of at least 16 characters in STIGMEM_BOOTSTRAP_KEY or STIGMEM_BOOTSTRAP_KEY_FILE");
                return 2;
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("raw_key", raw);
            body.put("entity_uri", entityUri);
            body.put("permissions", permissions);
            try (LocalAdmin owner = store.owner()) {
                owner.post("/local/auth/bootstrap-key", body);
            }
            context.err()
                    .println("bootstrap key registered for " + entityUri + " with " + String.join(", ", permissions));
            return 0;
        }

        private Optional<String> configured() {
            return store.settings().secret("STIGMEM_BOOTSTRAP_KEY").map(key -> key.exposeText(SecretAccess.grant()));
        }
    }

    @Command(name = "reissue-admin", description = "Make a new admin key and revoke the old ones; prints it once.")
    static final class ReissueAdmin implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        ReissueAdmin(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            try (LocalAdmin owner = store.owner()) {
                JsonNode answer = owner.post("/local/auth/reissue-admin", Map.of());
                context.out()
                        .println("new admin key for "
                                + answer.path("entity_uri").stringValue("agent:admin") + ", valid until "
                                + answer.path("expires_at").stringValue("(no end)") + ":");
                context.out()
                        .println("  STIGMEM_ADMIN_KEY=" + answer.path("key").stringValue());
                context.out()
                        .println(
                                "The former admin keys are revoked. Put the new one into your secrets manager and .env.");
            }
            return 0;
        }
    }
}
