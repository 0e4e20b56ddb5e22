package bulwark.acceptance.kubernetes;

import static bulwark.acceptance.kubernetes.Manifests.at;
import static bulwark.acceptance.kubernetes.Manifests.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges pod templates by the Pod Security Standard {@code restricted} (Kubernetes 1.32) and by the security context of the hardening page, which asks for more.
 */
final class RestrictedPods {
    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    private final List<String> faults = new ArrayList<>();

    /** A sentence for each fault in each pod template of the manifests, init containers and jobs included. */
    static List<String> faults(Manifests manifests) {
        RestrictedPods check = new RestrictedPods();
        for (Map<String, Object> object : manifests.objects()) {
            Object spec = switch (String.valueOf(object.get("kind"))) {
                case "Pod" -> at(object, "spec");
                case "CronJob" -> at(object, "spec", "jobTemplate", "spec", "template", "spec");
                case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job" ->
                    at(object, "spec", "template", "spec");
                default -> null;
            };
            if (spec != null) {
                check.pod(object.get("kind") + " " + at(object, "metadata", "name"), spec);
            }
        }
        return check.faults;
    }

    private void pod(String name, Object spec) {
        for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
            require(!Boolean.TRUE.equals(at(spec, shared)), name, shared + " must not be true");
        }
        require(
                Boolean.FALSE.equals(at(spec, "automountServiceAccountToken")),
                name,
                "the token of the service account must not be mounted");
        for (Object volume : list(spec, "volumes")) {
            for (Object key : ((Map<?, ?>) volume).keySet()) {
                require(
                        key.equals("name") || VOLUMES.contains(key),
                        name,
                        "a volume of type " + key + " is not allowed");
            }
        }
        for (String kind : List.of("containers", "initContainers", "ephemeralContainers")) {
            for (Object container : list(spec, kind)) {
                container(name + ", container " + at(container, "name"), container, at(spec, "securityContext"));
            }
        }
    }

    private void container(String name, Object container, @Nullable Object pod) {
        Object own = at(container, "securityContext");
        require(Boolean.FALSE.equals(at(own, "privileged")), name, "privileged must be false");
        require(Boolean.TRUE.equals(at(own, "runAsNonRoot")), name, "runAsNonRoot must be true");
        require(
                Boolean.FALSE.equals(at(own, "allowPrivilegeEscalation")),
                name,
                "allowPrivilegeEscalation must be false");
        require(Boolean.TRUE.equals(at(own, "readOnlyRootFilesystem")), name, "readOnlyRootFilesystem must be true");
        require(list(own, "capabilities", "drop").contains("ALL"), name, "all capabilities must be dropped");
        require(
                list(own, "capabilities", "add").stream().allMatch("NET_BIND_SERVICE"::equals),
                name,
                "no capability but NET_BIND_SERVICE may be added");
        require(
                "RuntimeDefault".equals(at(own, "seccompProfile", "type")),
                name,
                "seccompProfile must be RuntimeDefault");
        for (Object context : new Object[] {own, pod}) {
            require(!Integer.valueOf(0).equals(at(context, "runAsUser")), name, "runAsUser must not be 0");
            require(at(context, "procMount") == null, name, "procMount must be the default");
        }
        for (Object port : list(container, "ports")) {
            require(at(port, "hostPort") == null, name, "a port of the host must not be taken");
        }
    }

    private void require(boolean holds, String name, String sentence) {
        if (!holds) {
            faults.add(name + ": " + sentence);
        }
    }
}
