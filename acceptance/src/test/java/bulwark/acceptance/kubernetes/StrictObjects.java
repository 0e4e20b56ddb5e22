package bulwark.acceptance.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads manifests into the models of the Kubernetes API: what the models have no field for is a fault. */
final class StrictObjects {
    /** Kinds of operators whose models are not at hand; their fields are looked at by nobody here. */
    private static final Set<String> UNMODELLED = Set.of("ExternalSecret", "ServiceMonitor", "PrometheusRule");

    private final List<String> faults = new ArrayList<>();
    private final Map<Object, Boolean> seen = new IdentityHashMap<>();

    static List<String> faults(Manifests manifests) {
        StrictObjects check = new StrictObjects();
        KubernetesSerialization reader = new KubernetesSerialization();
        Object read = reader.unmarshal(manifests.yaml());
        for (Object object : read instanceof Collection<?> many ? many : List.of(read)) {
            if (object instanceof GenericKubernetesResource generic) {
                if (!UNMODELLED.contains(generic.getKind())) {
                    check.faults.add(generic.getKind() + " is of no kind that Kubernetes knows");
                }
            } else {
                check.walk(object.getClass().getSimpleName(), object);
            }
        }
        return check.faults;
    }

    private void walk(String where, @Nullable Object object) {
        if (object == null || seen.put(object, true) != null) {
            return;
        }
        if (object instanceof Collection<?> many) {
            many.forEach(each -> walk(where, each));
            return;
        }
        if (!object.getClass().getName().startsWith("io.fabric8.")) {
            return;
        }
        for (var method : object.getClass().getMethods()) {
            if (method.getParameterCount() == 0
                    && method.getName().startsWith("get")
                    && !method.getName().equals("getClass")) {
                Object value;
                try {
                    value = method.invoke(object);
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
                if (method.getName().equals("getAdditionalProperties") && value instanceof Map<?, ?> unknown) {
                    unknown.keySet().forEach(field -> faults.add(where + " has no field " + field));
                } else {
                    walk(where + "." + method.getName().substring(3), value);
                }
            }
        }
    }
}
