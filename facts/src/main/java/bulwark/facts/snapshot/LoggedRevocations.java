package bulwark.facts.snapshot;

import bulwark.facts.AccessTables;
import bulwark.facts.snapshot.RestorePlan.Revived;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadableStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Revocations of capability tokens and API keys as a local transparency log holds them: known even when the store they were made in is gone. */
final class LoggedRevocations {
    private LoggedRevocations() {}

    private static final String OF_KEY = "api_key_revocation";

    /** Those of tokens and keys that the snapshot holds alive. */
    static List<Revived> of(Path log, ReadableStore snapshot) throws IOException {
        List<Revived> revived = new ArrayList<>();
        if (!Files.exists(log)) {
            return revived;
        }
        Map<String, String> tokens = snapshot.read(RestoreComparison::aliveTokens);
        Map<String, String> keys = snapshot.read(RestoreComparison::aliveKeys);
        // Latin-1 keeps every byte apart: a line that a crash tore is no reason to stop.
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("\"revoked_at\"")) {
                    revocation(line, tokens, keys).ifPresent(revived::add);
                }
            }
        }
        return revived;
    }

    private static Optional<Revived> revocation(String line, Map<String, String> tokens, Map<String, String> keys) {
        JsonNode payload;
        try {
            payload =
                    StrictJson.parse(line.getBytes(StandardCharsets.ISO_8859_1)).path("payload");
        } catch (StrictJson.JsonRefused e) {
            return Optional.empty();
        }
        String at = payload.path("revoked_at").stringValue("");
        if (payload.path("kind").stringValue("").equals(OF_KEY)) {
            return ofKey(payload.path("key_id").stringValue(""), at, keys);
        }
        String id = payload.path("token_id").stringValue("");
        String subject = tokens.remove(id);
        if (subject == null || at.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("revoked_at", at);
        columns.put("revoked_by", payload.path("revoked_by").stringValue(""));
        columns.put("revoke_reason", payload.path("reason").stringValue(""));
        return Optional.of(new Revived(
                AccessTables.CAPABILITY_TOKENS,
                List.of(id),
                "capability token " + id + " of " + subject + ", revoked at " + at + " according to the log",
                columns));
    }

    private static Optional<Revived> ofKey(String id, String at, Map<String, String> alive) {
        String entity = alive.remove(id);
        return entity == null || at.isEmpty()
                ? Optional.empty()
                : Optional.of(new Revived(
                        AccessTables.API_KEYS,
                        List.of(id),
                        "API key " + id + " of " + entity + ", revoked at " + at + " according to the log",
                        Map.of("revoked_at", at)));
    }
}
