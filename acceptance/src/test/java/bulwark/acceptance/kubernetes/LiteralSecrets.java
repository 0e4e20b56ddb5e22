package bulwark.acceptance.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds secrets that stand in a manifest as a value in place of a reference. */
final class LiteralSecrets {
    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(password|passwd|secret|token|api_?key|private_?key|credential).*");
    private static final Pattern REFERENCE = Pattern.compile(".*(_FILE|_PATH|_URL|Ref|Name|refs)$");

    private final List<String> faults = new ArrayList<>();

    static List<String> faults(Manifests manifests) {
        LiteralSecrets scan = new LiteralSecrets();
        for (Map<String, Object> object : manifests.objects()) {
            String name = object.get("kind") + " " + Manifests.at(object, "metadata", "name");
            if ("Secret".equals(object.get("kind"))
                    && (object.containsKey("data") || object.containsKey("stringData"))) {
                scan.faults.add(name + " holds values; let an operator make it");
            }
            if ("ConfigMap".equals(object.get("kind")) && object.get("data") instanceof Map<?, ?> data) {
                data.forEach((key, value) -> scan.value(name, String.valueOf(key), value));
            }
            scan.environment(name, object);
        }
        return scan.faults;
    }

    private void environment(String name, @Nullable Object node) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("name") instanceof String variable && map.containsKey("value")) {
                value(name, variable, map.get("value"));
            }
            map.values().forEach(child -> environment(name, child));
        } else if (node instanceof List<?> list) {
            list.forEach(child -> environment(name, child));
        }
    }

    private void value(String name, String key, @Nullable Object value) {
        boolean secret = SECRET_NAME.matcher(key.toLowerCase(Locale.ROOT)).matches()
                && !REFERENCE.matcher(key).matches();
        String text = String.valueOf(value);
        if (secret && !text.isEmpty()) {
            faults.add(name + ": " + key + " is a value; refer to a secret");
        }
        if (text.contains("-----BEGIN") && text.contains("PRIVATE KEY")) {
            faults.add(name + ": " + key + " holds a private key; refer to a secret");
        }
    }
}
