package bulwark.app.up;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code platform.key-ages}: asks every part what of it expires, and warns by the rule of {@link bulwark.kernel.keys.Expiry}. */
final class KeyAgesJob {
    private static final Logger LOG = LoggerFactory.getLogger(KeyAgesJob.class);

    private final List<Part> parts;

    private KeyAgesJob(List<Part> parts) {
        this.parts = parts;
    }

    static PlatformJob of(List<Part> parts) {
        return new PlatformJob(
                "platform.key-ages",
                "Look at the age of every key and the end of every certificate; warn of what must be renewed.",
                "every:6h",
                new KeyAgesJob(parts)::run);
    }

    private Map<String, Object> run(PlatformJob.Run run) throws Exception {
        List<NamedExpiry> all = new ArrayList<>();
        for (Part part : parts) {
            run.checkpoint().run();
            all.addAll(part.expiries(run.state(), run.clock()));
        }
        Instant now = run.clock().instant();
        List<String> warnings = all.stream()
                .flatMap(one -> one.expiry().warning(one.what(), now).stream())
                .toList();
        warnings.forEach(warning -> LOG.warn("SECURITY WARNING: {}", warning));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("checked", all.stream().map(one -> described(one, now)).toList());
        result.put("warnings", warnings);
        return result;
    }

    private static Map<String, Object> described(NamedExpiry one, Instant now) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", one.what());
        Instant created = one.expiry().created();
        if (created != null) {
            members.put("age_days", Duration.between(created, now).toDays());
        }
        members.put("days_left", Duration.between(now, one.expiry().expires()).toDays());
        return members;
    }
}
