package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Capability tokens, over the node's public HTTP interface with an API key. */
@Command(
        name = "capability",
        description = "Issue, verify and revoke capability tokens.",
        subcommands = {CapabilityCommand.Issue.class, CapabilityCommand.Verify.class, CapabilityCommand.Revoke.class})
final class CapabilityCommand {
    private static final String ROUTE = "/v1/federation/capability-tokens";

    @Command(name = "issue", description = "Issue a token; prints its members and the token itself.")
    static final class Issue implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final NodeClient node;

        @Option(names = "--issuer", required = true, description = "Entity URI of the issuer.")
        private String issuer = "";

        @Option(names = "--subject", required = true, description = "Entity URI of the subject that may use the token.")
        private String subject = "";

        @Option(names = "--verb", required = true, description = "Verb that the token permits.")
        private String verb = "";

        @Option(names = "--object", required = true, description = "Object that the verb applies to.")
        private String object = "";

        @Option(
                names = "--ttl-seconds",
                defaultValue = "3600",
                description = "Lifetime in seconds (default ${DEFAULT-VALUE}).")
        private long ttlSeconds;

        Issue(CommandContext context) {
            this.context = context;
            this.node = new NodeClient(context);
        }

        @Override
        public Integer call() throws Exception {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("issuer", issuer);
            body.put("subject", subject);
            body.put("verb", verb);
            body.put("object", object);
            body.put("ttl_seconds", ttlSeconds);
            JsonNode answer = node.post(ROUTE, body);
            if (!node.printedAsJson(answer)) {
                answer.properties()
                        .forEach(member -> context.out()
                                .println(member.getKey() + ": "
                                        + (member.getValue().isString()
                                                ? member.getValue().stringValue()
                                                : member.getValue())));
            }
            return 0;
        }
    }

    @Command(
            name = "verify",
            description =
                    "Ask the node whether a token holds; exit code 1 when it does not. '-' reads it from standard input.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final NodeClient node;

        @Parameters(paramLabel = "TOKEN_JSON", description = "The token, or - for standard input.")
        private String token = "";

        Verify(CommandContext context) {
            this.context = context;
            this.node = new NodeClient(context);
        }

        @Override
        public Integer call() throws Exception {
            JsonNode answer = node.post(ROUTE + "/verify", Map.of("token_json", read()));
            boolean valid = answer.path("valid").asBoolean(false);
            if (!node.printedAsJson(answer)) {
                context.out().println("valid: " + (valid ? "True" : "False"));
                if (!valid) {
                    context.out().println("reason: " + answer.path("reason").stringValue(""));
                }
            }
            return valid ? 0 : 1;
        }

        private String read() throws IOException {
            return token.equals("-") ? new String(context.in().readAllBytes(), StandardCharsets.UTF_8).strip() : token;
        }
    }

    @Command(name = "revoke", description = "Revoke a token by its id.")
    static final class Revoke implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final NodeClient node;

        @Parameters(paramLabel = "TOKEN_ID", description = "Id of the token.")
        private String tokenId = "";

        @Option(names = "--reason", defaultValue = "", description = "Reason, stored with the revocation.")
        private String reason = "";

        Revoke(CommandContext context) {
            this.context = context;
            this.node = new NodeClient(context);
        }

        @Override
        public Integer call() throws Exception {
            JsonNode answer = node.post(
                    ROUTE + "/" + java.net.URLEncoder.encode(tokenId, StandardCharsets.UTF_8) + "/revoke",
                    Map.of("reason", reason));
            if (!node.printedAsJson(answer)) {
                context.out()
                        .println("revoked: " + answer.path("token_id").stringValue(tokenId) + " at "
                                + answer.path("revoked_at").stringValue(""));
            }
            return 0;
        }
    }
}
