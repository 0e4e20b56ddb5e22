package bulwark.gateway.identity;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The last good key set of an issuer on disk, owner-only, together with the issuer's name: a set of another issuer is not taken. Written by one thread at a time.
 *
 * @param issuer as tokens name it
 */
public record KeySetFile(Path file, String issuer) {
    private static final Logger LOG = LoggerFactory.getLogger(KeySetFile.class);
    private static final long MAX_LENGTH = 1 << 20;

    /** No keys when there is no file, or when it must not be used, which is logged. */
    IssuerKeys read(Signing signing) {
        try {
            if (!Files.exists(file)) {
                return IssuerKeys.NONE;
            }
            OwnerOnlyFiles.check(file);
            if (Files.size(file) > MAX_LENGTH) {
                throw new IllegalArgumentException("it is larger than " + MAX_LENGTH + " bytes");
            }
            JsonNode kept = StrictJson.parse(Files.readAllBytes(file));
            return kept.path("issuer").stringValue("").equals(issuer)
                    ? IssuerKeys.parse(StrictJson.write(kept.path("key_set")), signing)
                    : IssuerKeys.NONE;
        } catch (IOException | FileRefused | StrictJson.JsonRefused | IllegalArgumentException e) {
            LOG.warn(
                    "The kept key set {} is not used: {}. It is written anew after the next fetch.",
                    file,
                    e.getMessage());
            return IssuerKeys.NONE;
        }
    }

    /** Replaces the file as a whole. A failure is logged: the set in memory is good without it. */
    void write(byte[] keySet) {
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("issuer", issuer);
        kept.put("key_set", StrictJson.parse(keySet));
        try {
            OwnerOnlyFiles.write(file, StrictJson.text(kept).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn(
                    "The key set could not be kept in {}: after a restart without the issuer no token is accepted.",
                    file,
                    e);
        }
    }
}
