package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.json.StrictYaml.YamlRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Rendered manifests, as they would be applied to a cluster. What a cluster does with them is not seen. */
final class ManifestCheck {
    private static final String NAMESPACE = "stoa-system";
    private static final int MAX_BYTES = 4 << 20;

    private final List<JsonNode> objects;

    private ManifestCheck(List<JsonNode> objects) {
        this.objects = objects;
    }

    static BoxFinding networkPolicy(HardeningTarget target) {
        Observation seen = new Observation();
        read(target, seen).ifPresent(manifests -> manifests.networkPolicy(seen));
        return seen.of(HardeningBox.NETWORK_POLICY);
    }

    static BoxFinding podSecurity(HardeningTarget target) {
        Observation seen = new Observation();
        read(target, seen).ifPresent(manifests -> manifests.podSecurity(seen));
        return seen.of(HardeningBox.POD_SECURITY);
    }

    /** Secrets as values: in ConfigMaps, in Secrets of the files, in environments. */
    static void literalSecrets(HardeningTarget target, Observation seen) {
        if (target.evidence().manifests().isPresent()) {
            read(target, seen).ifPresent(manifests -> manifests.literalSecrets(seen));
        }
    }

    private void networkPolicy(Observation seen) {
        List<JsonNode> policies = ofKind("NetworkPolicy").stream()
                .filter(policy -> policy.at("/metadata/namespace").asString("").equals(NAMESPACE))
                .toList();
        boolean everyPod = policies.stream()
                .anyMatch(policy -> policy.at("/spec/podSelector").isEmpty()
                        && texts(policy.at("/spec/policyTypes")).containsAll(List.of("Ingress", "Egress")));
        seen.judge(
                everyPod,
                "a NetworkPolicy selects every pod of " + NAMESPACE + " for both directions",
                "no NetworkPolicy selects every pod of " + NAMESPACE + " for both directions");
        boolean gateway = policies.stream()
                .anyMatch(policy -> policy.at("/spec/podSelector/matchLabels/app")
                                .asString("")
                                .equals("stoa-gateway")
                        && texts(policy.at("/spec/policyTypes")).contains("Egress"));
        seen.judge(
                gateway,
                "another limits where the gateway connects to",
                "no NetworkPolicy limits where the gateway connects to");
        boolean open = policies.stream()
                .anyMatch(policy ->
                        isOpen(policy.at("/spec/ingress"), "from") || isOpen(policy.at("/spec/egress"), "to"));
        seen.judge(!open, "none has a rule for every peer", "a rule without peers lets everybody through");
    }

    private static boolean isOpen(JsonNode rules, String peers) {
        for (JsonNode rule : rules) {
            if (rule.path(peers).isEmpty() && rule.path("ports").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void podSecurity(Observation seen) {
        JsonNode labels = ofKind("Namespace").stream()
                .filter(namespace -> namespace.at("/metadata/name").asString("").equals(NAMESPACE))
                .map(namespace -> namespace.at("/metadata/labels"))
                .findFirst()
                .orElse(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode());
        for (String mode : List.of("enforce", "audit", "warn")) {
            String name = "pod-security.kubernetes.io/" + mode;
            seen.judge(
                    labels.path(name).asString("").equals("restricted"),
                    name + " is restricted",
                    name + " of " + NAMESPACE + " is not restricted");
        }
        for (JsonNode object : objects) {
            JsonNode pod = object.at("/spec/template/spec");
            for (String kind : List.of("containers", "initContainers")) {
                for (JsonNode container : pod.path(kind)) {
                    container(container, seen);
                }
            }
        }
    }

    private static void container(JsonNode container, Observation seen) {
        JsonNode context = container.path("securityContext");
        boolean holds = !context.path("privileged").asBoolean(false)
                && context.path("runAsNonRoot").asBoolean(false)
                && !context.path("allowPrivilegeEscalation").asBoolean(true)
                && context.path("readOnlyRootFilesystem").asBoolean(false)
                && texts(context.at("/capabilities/drop")).contains("ALL")
                && context.at("/seccompProfile/type").asString("").equals("RuntimeDefault");
        String name = "the container " + container.path("name").asString("");
        seen.judge(
                holds,
                name + " has the security context of the page",
                name + " lacks something of the security context of the page");
    }

    private void literalSecrets(Observation seen) {
        boolean values = ofKind("Secret").stream().anyMatch(secret -> secret.has("data") || secret.has("stringData"));
        boolean maps = ofKind("ConfigMap").stream()
                .flatMap(map -> map.path("data").propertyNames().stream())
                .anyMatch(SecretCheck::isSecretName);
        boolean environments = objects.stream()
                .flatMap(object -> Stream.concat(
                        stream(object.at("/spec/template/spec/containers")),
                        stream(object.at("/spec/template/spec/initContainers"))))
                .flatMap(container -> stream(container.path("env")))
                .anyMatch(variable -> variable.has("value")
                        && SecretCheck.isSecretName(variable.path("name").asString("")));
        seen.judge(
                !values && !maps && !environments,
                "no secret stands in the manifests",
                "a secret stands in the manifests as a value");
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return array.isArray() ? array.values().stream() : Stream.empty();
    }

    private static List<String> texts(JsonNode array) {
        return stream(array).map(element -> element.asString("")).toList();
    }

    private List<JsonNode> ofKind(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asString("").equals(kind))
                .toList();
    }

    private static Optional<ManifestCheck> read(HardeningTarget target, Observation seen) {
        Optional<Path> where = target.evidence().manifests();
        if (where.isEmpty()) {
            seen.unseen("a cluster is not looked at; give the rendered manifests with --manifests");
            return Optional.empty();
        }
        try {
            List<JsonNode> objects = new ArrayList<>();
            for (String document : text(where.get()).split("(?m)^---\\s*$")) {
                if (!document.isBlank()) {
                    objects.add(StrictYaml.parse(document, MAX_BYTES));
                }
            }
            return Optional.of(new ManifestCheck(objects));
        } catch (IOException | YamlRefused e) {
            seen.bad("the manifests in " + where.get() + " cannot be read: " + e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            seen.unseen("kubectl was interrupted");
            return Optional.empty();
        }
    }

    private static String text(Path where) throws IOException, InterruptedException {
        if (Files.isRegularFile(where)) {
            return Files.readString(where);
        }
        if (Files.exists(where.resolve("kustomization.yaml"))) {
            return ExternalProgram.output(List.of("kubectl", "kustomize", where.toString()));
        }
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(where)) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .toList()) {
                texts.add(Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        return String.join("\n---\n", texts);
    }
}
