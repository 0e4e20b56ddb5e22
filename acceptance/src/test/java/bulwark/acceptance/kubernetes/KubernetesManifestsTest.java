package bulwark.acceptance.kubernetes;

import static bulwark.acceptance.kubernetes.Manifests.at;
import static bulwark.acceptance.kubernetes.Manifests.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.acceptance.kubernetes.NetworkFlows.Peer;
import bulwark.acceptance.kubernetes.NetworkFlows.Peer.Outside;
import bulwark.acceptance.kubernetes.NetworkFlows.Peer.Pod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each block of the hardening page as it is shipped, and what checks it, with faults planted that the checkers must find. */
class KubernetesManifestsTest {
    private static final String NAMESPACE = "stoa-system";

    @BeforeAll
    static void kubectl_renders_the_manifests() {
        assumeTrue(Manifests.canRender(), "kubectl is not on the PATH: the manifests are not rendered");
    }

    static List<String> folders() throws IOException {
        return Manifests.folders();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void every_field_is_one_that_kubernetes_knows(String folder) throws Exception {
        assertThat(StrictObjects.faults(Manifests.render(folder))).isEmpty();
    }

    @Test
    void a_misspelt_field_is_found() throws Exception {
        String yaml = Manifests.render("base").yaml().replace("readOnlyRootFilesystem", "readonlyRootFilesystem");
        assertThat(StrictObjects.faults(Manifests.of(yaml)))
                .singleElement()
                .asString()
                .contains("readonlyRootFilesystem");
        String route = Manifests.render("overlays/gateway-api").yaml().replace("backendRefs", "backendReferences");
        assertThat(StrictObjects.faults(Manifests.of(route)))
                .singleElement()
                .asString()
                .contains("backendReferences");
    }

    @ParameterizedTest
    @MethodSource("folders")
    void every_pod_is_restricted_and_no_secret_stands_in_a_file(String folder) throws Exception {
        Manifests manifests = Manifests.render(folder);
        assertThat(manifests.ofKind("Deployment")).isNotEmpty();
        assertThat(RestrictedPods.faults(manifests)).isEmpty();
        assertThat(LiteralSecrets.faults(manifests)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "privileged: false|privileged: true",
                "runAsNonRoot: true|runAsNonRoot: false",
                "allowPrivilegeEscalation: false|allowPrivilegeEscalation: true",
                "readOnlyRootFilesystem: true|readOnlyRootFilesystem: false",
                "- ALL|- NET_RAW",
                "type: RuntimeDefault|type: Unconfined",
                "runAsUser: 65532|runAsUser: 0",
                "automountServiceAccountToken: false|automountServiceAccountToken: true",
                "containers:|hostNetwork: true§      containers:",
                "medium: Memory|§        hostPath:§          path: /",
                "containerPort: 8080|containerPort: 8080§          hostPort: 8080"
            })
    void a_weakened_pod_is_found(String good, String bad) throws Exception {
        String yaml = Manifests.render("base").yaml();
        assertThat(yaml).contains(good);
        String weakened = yaml.replace(good, bad.replace('§', '\n'));
        assertThat(RestrictedPods.faults(Manifests.of(weakened))).isNotEmpty();
    }

    @Test
    void a_literal_secret_is_found() throws Exception {
        String yaml = Manifests.render("base").yaml();
        String variable = yaml.replace(
                "name: STOA_ADMIN_API_TOKEN_FILE\n          value: /run/secrets/stoa-gateway/admin-api-token",
                "name: STOA_ADMIN_API_TOKEN\n          value: 0123456789abcdef");
        assertThat(variable).isNotEqualTo(yaml);
        assertThat(LiteralSecrets.faults(Manifests.of(variable)))
                .singleElement()
                .asString()
                .contains("ADMIN_API_TOKEN");
        assertThat(
                        LiteralSecrets.faults(
                                Manifests.of(
                                        "kind: Secret\nmetadata:\n  name: s\nstringData:\n  password: x\n---\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  client_secret: y\n")))
                .hasSize(2);
    }

    @Test
    void the_namespace_enforces_audits_and_warns_of_the_restricted_standard() throws Exception {
        Object labels = at(Manifests.render("base").one("Namespace", NAMESPACE), "metadata", "labels");
        for (String mode : List.of("enforce", "audit", "warn")) {
            assertThat(at(labels, "pod-security.kubernetes.io/" + mode)).isEqualTo("restricted");
            assertThat(at(labels, "pod-security.kubernetes.io/" + mode + "-version"))
                    .isEqualTo("latest");
        }
    }

    @Test
    void the_ingress_has_the_annotations_and_the_certificate_of_the_page() throws Exception {
        Map<String, Object> ingress = Manifests.render("base").one("Ingress", "stoa-gateway");
        assertThat(at(ingress, "metadata", "annotations"))
                .isEqualTo(Map.of(
                        "cert-manager.io/cluster-issuer", "letsencrypt-prod",
                        "nginx.ingress.kubernetes.io/ssl-redirect", "true",
                        "nginx.ingress.kubernetes.io/ssl-protocols", "TLSv1.2 TLSv1.3"));
        Object tls = list(ingress, "spec", "tls").getFirst();
        assertThat(at(tls, "secretName")).isEqualTo("gateway-tls");
        assertThat(list(tls, "hosts")).isEqualTo(List.of("mcp.<YOUR_DOMAIN>"));
    }

    @Test
    void without_annotations_the_gateway_api_ends_tls_and_redirects() throws Exception {
        Manifests manifests = Manifests.render("overlays/gateway-api");
        assertThat(manifests.ofKind("Ingress")).isEmpty();
        List<?> listeners = list(manifests.one("Gateway", "stoa-gateway"), "spec", "listeners");
        assertThat(listeners).extracting(each -> at(each, "protocol")).containsExactly("HTTPS", "HTTP");
        Object redirect = list(
                        list(manifests.one("HTTPRoute", "stoa-gateway-redirect"), "spec", "rules")
                                .getFirst(),
                        "filters")
                .getFirst();
        assertThat(at(redirect, "requestRedirect", "scheme")).isEqualTo("https");
        assertThat(list(manifests.one("HTTPRoute", "stoa-gateway-redirect"), "spec", "parentRefs"))
                .extracting(parent -> at(parent, "sectionName"))
                .containsExactly("http");
    }

    private static Peer peer(String text) {
        if (!text.contains("/")) {
            return new Outside(text);
        }
        String[] parts = text.split("/", 2);
        return Pod.app(parts[0], parts[1]);
    }

    /** The flows of the page's two policies with the corrections beside them. */
    @ParameterizedTest
    @CsvSource({
        // in from the namespace and from the ingress controller, from nowhere else
        "stoa-system/portal, stoa-system/stoa-gateway, TCP, 8080, true",
        "ingress-nginx/controller, stoa-system/stoa-gateway, TCP, 8080, true",
        "ingress-nginx/controller, stoa-system/postgresql, TCP, 5432, true",
        "default/stranger, stoa-system/stoa-gateway, TCP, 8080, false",
        "default/stranger, stoa-system/control-plane-api, TCP, 8000, false",
        "203.0.113.9, stoa-system/stoa-gateway, TCP, 8080, false",
        // Prometheus, on the port of the metrics only
        "monitoring/prometheus, stoa-system/stoa-gateway, TCP, 8080, true",
        "monitoring/prometheus, stoa-system/stoa-gateway, TCP, 22, false",
        "monitoring/prometheus, stoa-system/control-plane-api, TCP, 8000, false",
        // out of the gateway
        "stoa-system/stoa-gateway, stoa-system/control-plane-api, TCP, 8000, true",
        "stoa-system/stoa-gateway, stoa-system/keycloak, TCP, 8080, true",
        "stoa-system/stoa-gateway, kube-system/coredns, UDP, 53, true",
        "stoa-system/stoa-gateway, kube-system/coredns, TCP, 53, true",
        "stoa-system/stoa-gateway, partner/backend, TCP, 443, true",
        "stoa-system/stoa-gateway, partner/backend, TCP, 80, false",
        "stoa-system/stoa-gateway, monitoring/collector, TCP, 4317, true",
        "stoa-system/stoa-gateway, 93.184.216.34, TCP, 443, true",
        "stoa-system/stoa-gateway, 93.184.216.34, TCP, 80, false",
        "stoa-system/stoa-gateway, 10.1.2.3, TCP, 443, false",
        "stoa-system/stoa-gateway, 172.16.0.1, TCP, 443, false",
        "stoa-system/stoa-gateway, 192.168.1.1, TCP, 443, false",
        "stoa-system/stoa-gateway, 169.254.169.254, TCP, 443, false",
        "stoa-system/stoa-gateway, 169.254.169.254, TCP, 80, false",
        "stoa-system/stoa-gateway, 2606:2800:220:1::1, TCP, 443, true",
        "stoa-system/stoa-gateway, fd00::1, TCP, 443, false",
        "stoa-system/stoa-gateway, fe80::1, TCP, 443, false",
        // out of everything else: DNS and the namespace
        "stoa-system/portal, kube-system/coredns, UDP, 53, true",
        "stoa-system/portal, stoa-system/control-plane-api, TCP, 8000, true",
        "stoa-system/portal, 93.184.216.34, TCP, 443, false",
        "stoa-system/portal, kube-system/metrics-server, TCP, 443, false",
        "stoa-system/control-plane-api, stoa-system/postgresql, TCP, 5432, true",
        "stoa-system/control-plane-api, 93.184.216.34, TCP, 443, false"
    })
    void connections_are_let_through_or_not(String from, String to, String protocol, int port, boolean allowed)
            throws Exception {
        NetworkFlows flows = new NetworkFlows(Manifests.render("base"));
        assertThat(flows.allows(peer(from), peer(to), protocol, port)).isEqualTo(allowed);
    }

    @Test
    void the_pages_own_policies_do_not_reach_the_internet_and_a_removed_one_is_noticed() throws Exception {
        Manifests all = Manifests.render("base");
        List<Map<String, Object>> page = all.objects().stream()
                .filter(object -> List.of("tenant-isolation", "gateway-egress")
                        .contains(String.valueOf(at(object, "metadata", "name"))))
                .toList();
        NetworkFlows flows = new NetworkFlows(new Manifests("", page));
        Pod gateway = Pod.app(NAMESPACE, "stoa-gateway");
        assertThat(flows.allows(gateway, new Outside("93.184.216.34"), "TCP", 443))
                .isFalse();
        assertThat(flows.allows(gateway, Pod.app("partner", "backend"), "TCP", 443))
                .isTrue();
        NetworkFlows none = new NetworkFlows(new Manifests("", List.of()));
        assertThat(none.allows(gateway, new Outside("169.254.169.254"), "TCP", 80))
                .isTrue();
    }
}
