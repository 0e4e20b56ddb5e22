package bulwark.acceptance.kubernetes;

import static bulwark.acceptance.kubernetes.Manifests.at;
import static bulwark.acceptance.kubernetes.Manifests.list;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether network policies let a connection through (networking.k8s.io/v1): a pod that some policy selects for a direction is let through by any rule of any such policy,
 * and by nothing else; a pod that no policy selects is open.
 */
final class NetworkFlows {
    private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

    private final List<Map<String, Object>> policies;

    NetworkFlows(Manifests manifests) {
        this.policies = manifests.ofKind("NetworkPolicy");
    }

    /** One end of a connection. */
    sealed interface Peer {
        record Pod(String namespace, Map<String, String> labels) implements Peer {
            static Pod app(String namespace, String app) {
                return new Pod(namespace, Map.of("app", app));
            }
        }

        record Outside(String address) implements Peer {}
    }

    boolean allows(Peer from, Peer to, String protocol, int port) {
        return passes(from, to, "Egress", "egress", "to", protocol, port)
                && passes(to, from, "Ingress", "ingress", "from", protocol, port);
    }

    private boolean passes(Peer self, Peer other, String type, String rules, String peers, String protocol, int port) {
        if (!(self instanceof Peer.Pod pod)) {
            return true;
        }
        boolean selected = false;
        for (Map<String, Object> policy : policies) {
            boolean concerns = pod.namespace().equals(at(policy, "metadata", "namespace"))
                    && list(policy, "spec", "policyTypes").contains(type)
                    && matches(at(policy, "spec", "podSelector"), pod.labels());
            if (concerns) {
                selected = true;
                if (list(policy, "spec", rules).stream()
                        .anyMatch(
                                rule -> covers(rule, peers, pod.namespace(), other) && onPort(rule, protocol, port))) {
                    return true;
                }
            }
        }
        return !selected;
    }

    private static boolean covers(Object rule, String peers, String namespace, Peer other) {
        return at(rule, peers) == null || list(rule, peers).stream().anyMatch(peer -> is(peer, namespace, other));
    }

    private static boolean is(Object peer, String namespace, Peer other) {
        return switch (other) {
            case Peer.Outside outside -> at(peer, "ipBlock") != null && inBlock(at(peer, "ipBlock"), outside.address());
            case Peer.Pod pod -> {
                Object namespaces = at(peer, "namespaceSelector");
                boolean there = namespaces == null
                        ? pod.namespace().equals(namespace)
                        : matches(namespaces, Map.of(NAMESPACE_NAME, pod.namespace()));
                Object pods = at(peer, "podSelector");
                yield at(peer, "ipBlock") == null && there && (pods == null || matches(pods, pod.labels()));
            }
        };
    }

    private static boolean matches(@Nullable Object selector, Map<String, String> labels) {
        if (at(selector, "matchExpressions") != null) {
            throw new AssertionError("matchExpressions are not evaluated here");
        }
        return !(at(selector, "matchLabels") instanceof Map<?, ?> wanted)
                || wanted.entrySet().stream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }

    private static boolean onPort(Object rule, String protocol, int port) {
        return at(rule, "ports") == null
                || list(rule, "ports").stream()
                        .anyMatch(each -> protocol.equals(at(each, "protocol") == null ? "TCP" : at(each, "protocol"))
                                && (at(each, "port") == null
                                        || Integer.valueOf(port).equals(at(each, "port"))));
    }

    private static boolean inBlock(@Nullable Object block, String address) {
        return inPrefix(String.valueOf(at(block, "cidr")), address)
                && list(block, "except").stream().noneMatch(except -> inPrefix(String.valueOf(except), address));
    }

    private static boolean inPrefix(String cidr, String address) {
        try {
            String[] parts = cidr.split("/", 2);
            byte[] prefix = InetAddress.getByName(parts[0]).getAddress();
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (prefix.length != bytes.length) {
                return false;
            }
            for (int bit = 0; bit < Integer.parseInt(parts[1]); bit++) {
                int mask = 0x80 >> bit % 8;
                if ((prefix[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
