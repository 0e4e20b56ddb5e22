package bulwark.kernel.evidence.log;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What Rekor does with an entry of type rekord: decodes, verifies the signature, keeps hash, signature and key. */
public final class RekorService implements AutoCloseable {
    static final String LOG_ID = "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d";

    final List<String> refusals = new CopyOnWriteArrayList<>();
    volatile boolean answerWithAnotherBody;
    volatile String fixedAnswer;
    volatile String conflictLocation;
    volatile String rootHash;
    volatile long time;
    private final Map<String, String> bodies = new LinkedHashMap<>();
    private final HttpServer server;

    public RekorService(long time) throws IOException {
        this.time = time;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/log/entries", this::entries);
        server.createContext("/api/v1/log", exchange -> answer(exchange, 200, "{\"treeSize\":" + size() + "}"));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    int size() {
        return bodies.size();
    }

    private void entries(HttpExchange exchange) throws IOException {
        byte[] request = exchange.getRequestBody().readAllBytes();
        if (fixedAnswer != null) {
            answer(exchange, 201, fixedAnswer);
        } else if (exchange.getRequestMethod().equals("GET")) {
            String query = exchange.getRequestURI().getQuery();
            String uuid = query == null
                    ? exchange.getRequestURI().getPath().substring("/api/v1/log/entries/".length())
                    : at(Integer.parseInt(query.substring("logIndex=".length())));
            answer(exchange, bodies.containsKey(uuid) ? 200 : 404, bodies.containsKey(uuid) ? entry(uuid) : "{}");
        } else {
            try {
                create(exchange, kept(StrictJson.parse(request)));
            } catch (GeneralSecurityException | RuntimeException refused) {
                refusals.add(String.valueOf(refused));
                answer(exchange, 400, "{\"code\":400,\"message\":\"refused\"}");
            }
        }
    }

    private void create(HttpExchange exchange, byte[] body) throws IOException {
        String uuid = "24296fb24b8ad77a" + Digests.sha256Hex(body);
        if (bodies.containsKey(uuid)) {
            exchange.getResponseHeaders()
                    .set("Location", conflictLocation != null ? conflictLocation : "/api/v1/log/entries/" + uuid);
            answer(exchange, 409, "{\"code\":409,\"message\":\"an equivalent entry already exists\"}");
            return;
        }
        bodies.put(
                uuid,
                Base64.getEncoder()
                        .encodeToString(answerWithAnotherBody ? "{}".getBytes(StandardCharsets.UTF_8) : body));
        exchange.getResponseHeaders().set("Location", "/api/v1/log/entries/" + uuid);
        answer(exchange, 201, entry(uuid));
    }

    private static byte[] kept(JsonNode proposed) throws GeneralSecurityException {
        require(proposed.size() == 3, "only kind, apiVersion and spec");
        require(proposed.path("kind").stringValue().equals("rekord"), "kind");
        require(proposed.path("apiVersion").stringValue().equals("0.0.1"), "apiVersion");
        JsonNode spec = proposed.path("spec");
        require(spec.path("signature").path("format").stringValue().equals("x509"), "format");
        String signature = spec.path("signature").path("content").stringValue();
        String key = spec.path("signature").path("publicKey").path("content").stringValue();
        byte[] content =
                Base64.getDecoder().decode(spec.path("data").path("content").stringValue());
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(publicKey(new String(Base64.getDecoder().decode(key), StandardCharsets.US_ASCII)));
        verifier.update(content);
        require(verifier.verify(Base64.getDecoder().decode(signature)), "signature");
        return CanonicalJson.bytes(Map.of(
                "apiVersion", "0.0.1",
                "kind", "rekord",
                "spec",
                        Map.of(
                                "data",
                                        Map.of(
                                                "hash",
                                                Map.of("algorithm", "sha256", "value", Digests.sha256Hex(content))),
                                "signature",
                                        Map.of(
                                                "content",
                                                signature,
                                                "format",
                                                "x509",
                                                "publicKey",
                                                Map.of("content", key)))));
    }

    private static PublicKey publicKey(String pem) throws GeneralSecurityException {
        require(pem.startsWith("-----BEGIN PUBLIC KEY-----\n") && pem.endsWith("\n-----END PUBLIC KEY-----\n"), "PEM");
        String body = pem.lines().filter(line -> !line.startsWith("-")).reduce("", String::concat);
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException(what);
        }
    }

    private String entry(String uuid) {
        int index = List.copyOf(bodies.keySet()).indexOf(uuid);
        return "{\"" + uuid + "\":{\"body\":\"" + bodies.get(uuid) + "\",\"integratedTime\":" + time + ",\"logID\":\""
                + LOG_ID
                + "\",\"logIndex\":" + index + ",\"verification\":{\"inclusionProof\":" + proof(index)
                + ",\"signedEntryTimestamp\":\"AA==\"}}}";
    }

    private String at(int index) {
        List<String> uuids = List.copyOf(bodies.keySet());
        return index < uuids.size() ? uuids.get(index) : "";
    }

    /** Every entry is gone, and others stand in their places. */
    public void loseEntries() {
        bodies.clear();
    }

    /** The tree as RFC 9162 defines it, from its definition. */
    private static byte[] root(List<byte[]> leaves) throws GeneralSecurityException {
        if (leaves.size() == 1) {
            return sha256(0, leaves.getFirst(), new byte[0]);
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        return sha256(1, root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
    }

    private static List<byte[]> path(int index, List<byte[]> leaves) throws GeneralSecurityException {
        if (leaves.size() == 1) {
            return new ArrayList<>();
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        List<byte[]> left = leaves.subList(0, split);
        List<byte[]> right = leaves.subList(split, leaves.size());
        List<byte[]> path = index < split ? path(index, left) : path(index - split, right);
        path.add(root(index < split ? right : left));
        return path;
    }

    private static byte[] sha256(int prefix, byte[] left, byte[] right) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte) prefix);
        digest.update(left);
        return digest.digest(right);
    }

    private String proof(int index) {
        try {
            List<byte[]> leaves =
                    bodies.values().stream().map(Base64.getDecoder()::decode).toList();
            String hashes = path(index, leaves).stream()
                    .map(hash -> "\"" + HexFormat.of().formatHex(hash) + "\"")
                    .collect(Collectors.joining(","));
            String root = rootHash != null ? rootHash : HexFormat.of().formatHex(root(leaves));
            return "{\"hashes\":[" + hashes + "],\"logIndex\":" + index + ",\"rootHash\":\"" + root + "\",\"treeSize\":"
                    + leaves.size() + "}";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
