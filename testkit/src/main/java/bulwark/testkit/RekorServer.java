package bulwark.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Rekor service in its documented form (API version 1), built from the definitions and not from the code under test: it decodes entries
 * of type rekord, verifies their signature, keeps hash, signature and key, signs timestamps and trees with ECDSA on P-256, and proves
 * inclusion and consistency. It also does what such a service must not do. For one test at a time.
 */
public final class RekorServer implements AutoCloseable {
    private static final String ORIGIN = "rekor.test - ";
    private static final HexFormat HEX = HexFormat.of();
    private static final JsonMapper JSON = new JsonMapper();

    public final List<String> refusals = new CopyOnWriteArrayList<>();
    public volatile boolean answerWithAnotherBody;
    public volatile @Nullable String fixedAnswer;
    public volatile @Nullable String conflictLocation;
    public volatile @Nullable String rootHash;
    public volatile @Nullable String timestamp;
    /** Signs trees and entries in place of the service's own key. */
    public volatile @Nullable KeyPair forger;
    /** False: proofs come without the signed tree. */
    public volatile boolean withCheckpoint = true;

    public volatile @Nullable KeyPair checkpointForger;
    /** Shown in the checkpoints of proofs in place of the tree's size, unless 0. */
    public volatile int checkpointOfSize;

    public volatile long time;
    private final KeyPair key = newKey();
    private final Map<String, String> bodies = new LinkedHashMap<>();
    /** Closed trees with all their entries, and the number of the one that grows. */
    private final List<Shard> closed = new ArrayList<>();

    private int tree = 1;
    private final HttpServer server;

    public RekorServer(long time) throws IOException {
        this.time = time;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/log/entries", this::entries);
        server.createContext("/api/v1/log/proof", this::consistency);
        server.createContext("/api/v1/log", exchange -> answer(exchange, 200, trees()));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private record Shard(int tree, List<byte[]> leaves) {}

    public static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code GET /api/v1/log/publicKey} answers it. */
    public String publicKeyPem() {
        return pem(key);
    }

    public static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    public String logId() {
        return HEX.formatHex(sha256(key.getPublic().getEncoded()));
    }

    public int size() {
        return bodies.size();
    }

    /** Another key signs from now on, and answers bear its name. */
    public void beForged() {
        forger = newKey();
    }

    /** The tree is closed, and the next entries go into a new one. */
    public void beginShard() {
        closed.add(new Shard(tree++, leaves()));
        bodies.clear();
    }

    public void forgetShards() {
        closed.clear();
    }

    /** The newest entries are gone. */
    public void rollBackTo(int size) {
        List.copyOf(bodies.keySet()).stream().skip(size).forEach(bodies::remove);
    }

    /** Forgers name the service's own key: a hint costs nothing. */
    private KeyPair signer() {
        return forger == null ? key : forger;
    }

    private static byte[] signed(byte[] message, KeyPair signer) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signer.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String checkpoint(int number, List<byte[]> leaves) throws GeneralSecurityException {
        byte[] root = leaves.isEmpty() ? sha256(new byte[0]) : root(leaves);
        int size = checkpointOfSize == 0 ? leaves.size() : checkpointOfSize;
        String text = ORIGIN + number + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        KeyPair signer = checkpointForger == null ? signer() : checkpointForger;
        byte[] signature = signed(text.getBytes(StandardCharsets.UTF_8), signer);
        byte[] hinted = new byte[4 + signature.length];
        System.arraycopy(sha256(key.getPublic().getEncoded()), 0, hinted, 0, 4);
        System.arraycopy(signature, 0, hinted, 4, signature.length);
        return text + "\n\u2014 rekor.test " + Base64.getEncoder().encodeToString(hinted) + "\n";
    }

    private String trees() {
        try {
            List<Map<String, Object>> shards = new ArrayList<>();
            for (Shard shard : closed) {
                shards.add(Map.of("signedTreeHead", checkpoint(shard.tree, shard.leaves)));
            }
            return JSON.writeValueAsString(Map.of(
                    "treeSize", (long) size(), "signedTreeHead", checkpoint(tree, leaves()), "inactiveShards", shards));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void consistency(HttpExchange exchange) throws IOException {
        Map<String, Integer> asked = new HashMap<>();
        for (String pair : exchange.getRequestURI().getQuery().split("&")) {
            String[] parts = pair.split("=");
            asked.put(parts[0], Integer.parseInt(parts[1]));
        }
        List<byte[]> leaves = closed.stream()
                .filter(shard -> shard.tree == asked.getOrDefault("treeID", 0))
                .map(Shard::leaves)
                .findFirst()
                .orElseGet(this::leaves);
        int last = asked.getOrDefault("lastSize", 0);
        if (last > leaves.size()) {
            answer(exchange, 400, "{}");
            return;
        }
        try {
            String hashes = quoted(subProof(asked.getOrDefault("firstSize", 0), leaves.subList(0, last), true));
            answer(exchange, 200, "{\"hashes\":[" + hashes + "],\"rootHash\":\"00\"}");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From the definition in RFC 9162 §2.1.4.1. */
    private static List<byte[]> subProof(int first, List<byte[]> leaves, boolean whole)
            throws GeneralSecurityException {
        if (first == leaves.size()) {
            return whole ? new ArrayList<>() : new ArrayList<>(List.of(root(leaves)));
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        List<byte[]> left = leaves.subList(0, split);
        List<byte[]> right = leaves.subList(split, leaves.size());
        List<byte[]> proof;
        if (first <= split) {
            proof = subProof(first, left, whole);
            proof.add(root(right));
        } else {
            proof = subProof(first - split, right, false);
            proof.add(root(left));
        }
        return proof;
    }

    private List<byte[]> leaves() {
        return bodies.values().stream().map(Base64.getDecoder()::decode).toList();
    }

    private static String quoted(List<byte[]> hashes) {
        return hashes.stream().map(hash -> "\"" + HEX.formatHex(hash) + "\"").collect(Collectors.joining(","));
    }

    private void entries(HttpExchange exchange) throws IOException {
        byte[] request = exchange.getRequestBody().readAllBytes();
        String fixed = fixedAnswer;
        if (fixed != null) {
            answer(exchange, 201, fixed);
        } else if (exchange.getRequestMethod().equals("GET")) {
            String query = exchange.getRequestURI().getQuery();
            String uuid = query == null
                    ? exchange.getRequestURI().getPath().substring("/api/v1/log/entries/".length())
                    : at(Integer.parseInt(query.substring("logIndex=".length())));
            answer(exchange, bodies.containsKey(uuid) ? 200 : 404, bodies.containsKey(uuid) ? entry(uuid) : "{}");
        } else {
            try {
                create(exchange, kept(JSON.readTree(request)));
            } catch (GeneralSecurityException | RuntimeException refused) {
                refusals.add(String.valueOf(refused));
                answer(exchange, 400, "{\"code\":400,\"message\":\"refused\"}");
            }
        }
    }

    private void create(HttpExchange exchange, byte[] body) throws IOException {
        String uuid = "24296fb24b8ad77a" + HEX.formatHex(sha256(body));
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
        String hash = HEX.formatHex(sha256(content));
        String body =
                "{\"apiVersion\":\"0.0.1\",\"kind\":\"rekord\",\"spec\":{\"data\":{\"hash\":{\"algorithm\":\"sha256\","
                        + "\"value\":\"" + hash + "\"}},\"signature\":{\"content\":\"" + signature
                        + "\",\"format\":\"x509\",\"publicKey\":{\"content\":\"" + key + "\"}}}}";
        return body.getBytes(StandardCharsets.UTF_8);
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
        int before = closed.stream().mapToInt(shard -> shard.leaves.size()).sum();
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("body", bodies.get(uuid));
        signed.put("integratedTime", time);
        signed.put("logID", logId());
        signed.put("logIndex", (long) before + index);
        String own = timestamp != null
                ? timestamp
                : Base64.getEncoder().encodeToString(signed(JSON.writeValueAsBytes(signed), signer()));
        String members = JSON.writeValueAsString(signed);
        return "{\"" + uuid + "\":" + members.substring(0, members.length() - 1)
                + ",\"verification\":{\"inclusionProof\":" + proof(index) + ",\"signedEntryTimestamp\":\"" + own
                + "\"}}}";
    }

    private String at(int index) {
        List<String> uuids = List.copyOf(bodies.keySet());
        int place =
                index - closed.stream().mapToInt(shard -> shard.leaves.size()).sum();
        return place >= 0 && place < uuids.size() ? uuids.get(place) : "";
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

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(int prefix, byte[] left, byte[] right) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte) prefix);
        digest.update(left);
        return digest.digest(right);
    }

    private String proof(int index) {
        try {
            List<byte[]> leaves = leaves();
            String root = rootHash != null ? rootHash : HEX.formatHex(root(leaves));
            String tree =
                    withCheckpoint ? ",\"checkpoint\":" + JSON.writeValueAsString(checkpoint(this.tree, leaves)) : "";
            return "{\"hashes\":[" + quoted(path(index, leaves)) + "],\"logIndex\":" + index + ",\"rootHash\":\"" + root
                    + "\",\"treeSize\":" + leaves.size() + tree + "}";
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
