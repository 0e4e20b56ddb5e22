package bulwark.testkit;

import bulwark.testkit.CurveKey.Curve;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * AWS KMS as far as a signer asks it, by its API reference (version 2014-11-01, {@code x-amz-json-1.1}) and Signature Version 4: DescribeKey, GetPublicKey and Sign of elliptic keys, with key states,
 * aliases and what goes wrong with a service. A digest is signed as it is. For one test at a time; its fields may be set by any thread.
 */
public final class KmsServer implements AutoCloseable {
    public static final String REGION = "eu-central-1";
    public static final String ACCESS_KEY = "AKIDOFTHETESTKIT";
    public static final String SECRET_KEY = "secret/of+the/testkit";
    private static final String ACCOUNT = "286028602860";
    private static final String ARN = "arn:aws:kms:" + REGION + ":" + ACCOUNT + ":";
    private static final JsonMapper JSON = new JsonMapper();
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_MESSAGE_BYTES = 4096;

    /** In the words of the API. */
    public enum State {
        ENABLED("Enabled"),
        DISABLED("Disabled"),
        PENDING_DELETION("PendingDeletion");

        final String word;

        State(String word) {
            this.word = word;
        }
    }

    /** What one answer to Sign is in place of a good one. */
    public enum Fault {
        THROTTLED,
        INTERNAL,
        /** Signed, and the connection ends without an answer. */
        ANSWER_LOST,
        /** Signed, and the answer never comes. */
        ANSWER_WITHHELD,
        MALFORMED_DER,
        /** A signature of another key of the same curve. */
        FOREIGN,
        /** A signature of another curve. */
        OTHER_CURVE,
        HIGH_S
    }

    /** A key of the service. Its fields may change at any time. */
    public static final class Key {
        private final String id;
        private final CurveKey pair;
        public volatile State state = State.ENABLED;
        public volatile String usage = "SIGN_VERIFY";

        private Key(String id, CurveKey pair) {
            this.id = id;
            this.pair = pair;
        }

        public String id() {
            return id;
        }

        public String arn() {
            return ARN + "key/" + id;
        }

        public byte[] subjectPublicKeyInfo() {
            return pair.subjectPublicKeyInfo();
        }
    }

    /** What KMS refuses, in its own words. */
    private static final class KmsRefusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String type;

        KmsRefusal(String type, String message) {
            this(400, type, message);
        }

        KmsRefusal(int status, String type, String message) {
            super(message, null, false, false);
            this.status = status;
            this.type = type;
        }
    }

    private final Map<String, Key> keys = new ConcurrentHashMap<>();
    private final Map<String, Key> aliases = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger signatures = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final LoopbackServer server = LoopbackServer.start(this::serve);
    /** Of every answer to Sign from now on. */
    public volatile @Nullable Fault lasting;
    /** Whether the caller's policy lacks the permission to sign. */
    public volatile boolean denied;
    /** How far the clock of the service is ahead of this machine's. */
    public volatile Duration skew = Duration.ZERO;

    public String endpoint() {
        return "http://127.0.0.1:" + server.port();
    }

    public Key createKey(Curve curve) {
        return importKey(CurveKey.create(curve));
    }

    public Key importKey(CurveKey pair) {
        Key key = new Key("286f0000-0000-4000-8000-" + String.format("%012d", keys.size() + 1), pair);
        keys.put(key.id, key);
        return key;
    }

    /** Makes the alias, or points it elsewhere. @param name with {@code alias/} */
    public void alias(String name, Key key) {
        aliases.put(name, key);
    }

    /** The next answers to Sign, one each. */
    public void next(Fault... each) {
        faults.addAll(List.of(each));
    }

    /** Signatures that were made, those too whose answer was lost. */
    public int signatures() {
        return signatures.get();
    }

    /** Requests of any kind, refused ones too. */
    public int requests() {
        return requests.get();
    }

    private void serve(Socket connection) throws IOException, InterruptedException {
        BufferedInputStream in = new BufferedInputStream(connection.getInputStream());
        for (PlainHttpRequest request = PlainHttpRequest.read(in);
                request != null;
                request = PlainHttpRequest.read(in)) {
            requests.incrementAndGet();
            Fault fault = request.header("x-amz-target").endsWith(".Sign") ? fault() : null;
            int status = 200;
            Map<String, Object> body;
            try {
                body = answer(request, fault);
            } catch (KmsRefusal refusal) {
                status = refusal.status;
                body = Map.of("__type", refusal.type, "message", String.valueOf(refusal.getMessage()));
            }
            if (fault == Fault.ANSWER_LOST) {
                return;
            }
            if (fault == Fault.ANSWER_WITHHELD) {
                closed.await();
                return;
            }
            PlainHttpRequest.answer(connection.getOutputStream(), status, headers(), JSON.writeValueAsBytes(body));
        }
    }

    private @Nullable Fault fault() {
        Fault next = faults.poll();
        return next == null ? lasting : next;
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-amz-json-1.1");
        headers.put("x-amzn-RequestId", "286f0000-1111-4000-8000-" + String.format("%012d", requests.get()));
        headers.put(
                "Date",
                DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                        .withZone(ZoneOffset.UTC)
                        .format(now()));
        return headers;
    }

    private Instant now() {
        return Instant.now().plus(skew);
    }

    private Map<String, Object> answer(PlainHttpRequest request, @Nullable Fault fault) throws KmsRefusal {
        var scope = new AwsRequestSignature.Scope(ACCESS_KEY, SECRET_KEY, REGION, "kms");
        var unsigned = AwsRequestSignature.check(request, scope, now());
        if (unsigned.isPresent()) {
            throw new KmsRefusal(unsigned.get().type(), unsigned.get().message());
        }
        if (!request.method().equals("POST") || !request.header("content-type").equals("application/x-amz-json-1.1")) {
            throw new KmsRefusal(404, "UnknownOperationException", "");
        }
        JsonNode body = JSON.readTree(new String(request.body(), StandardCharsets.UTF_8));
        Key key = key(body.path("KeyId").asString(""));
        return switch (request.header("x-amz-target")) {
            case "TrentService.DescribeKey" -> Map.of("KeyMetadata", metadata(key));
            case "TrentService.GetPublicKey" -> {
                requireUsable(key);
                Map<String, Object> answer = new LinkedHashMap<>(common(key));
                answer.put("KeyId", key.arn());
                answer.put("PublicKey", base64(key.subjectPublicKeyInfo()));
                yield answer;
            }
            case "TrentService.Sign" -> sign(key, body, fault);
            default -> throw new KmsRefusal("UnknownOperationException", "");
        };
    }

    private Key key(String given) throws KmsRefusal {
        String name = given.startsWith(ARN) ? given.substring(ARN.length()) : given;
        if (name.startsWith("alias/")) {
            Key key = aliases.get(name);
            if (key == null) {
                throw new KmsRefusal("NotFoundException", "Alias " + ARN + name + " is not found.");
            }
            return key;
        }
        Key key = keys.get(name.startsWith("key/") ? name.substring("key/".length()) : name);
        if (key == null) {
            throw new KmsRefusal("NotFoundException", "Key '" + ARN + "key/" + name + "' does not exist");
        }
        return key;
    }

    private static Map<String, Object> common(Key key) {
        String spec = key.pair.curve().name();
        return Map.of(
                "KeySpec",
                spec,
                "CustomerMasterKeySpec",
                spec,
                "KeyUsage",
                key.usage,
                "SigningAlgorithms",
                List.of("ECDSA_SHA_256"));
    }

    private static Map<String, Object> metadata(Key key) {
        Map<String, Object> metadata = new LinkedHashMap<>(common(key));
        metadata.put("AWSAccountId", ACCOUNT);
        metadata.put("KeyId", key.id);
        metadata.put("Arn", key.arn());
        metadata.put("Enabled", key.state == State.ENABLED);
        metadata.put("KeyState", key.state.word);
        metadata.put("Origin", "AWS_KMS");
        metadata.put("KeyManager", "CUSTOMER");
        metadata.put("MultiRegion", false);
        return metadata;
    }

    private static void requireUsable(Key key) throws KmsRefusal {
        switch (key.state) {
            case DISABLED -> throw new KmsRefusal("DisabledException", key.arn() + " is disabled.");
            case PENDING_DELETION ->
                throw new KmsRefusal("KMSInvalidStateException", key.arn() + " is pending deletion.");
            case ENABLED -> {}
        }
    }

    private Map<String, Object> sign(Key key, JsonNode body, @Nullable Fault fault) throws KmsRefusal {
        if (fault == Fault.THROTTLED) {
            throw new KmsRefusal(
                    "ThrottlingException", "You have exceeded the rate at which you may call KMS. Reduce the rate.");
        }
        if (fault == Fault.INTERNAL) {
            throw new KmsRefusal(500, "KMSInternalException", "");
        }
        if (denied) {
            throw new KmsRefusal(
                    "AccessDeniedException",
                    "User: arn:aws:iam::" + ACCOUNT + ":user/signer is not authorized to perform: kms:Sign");
        }
        requireUsable(key);
        if (!key.usage.equals("SIGN_VERIFY")
                || !body.path("SigningAlgorithm").asString("").equals("ECDSA_SHA_256")) {
            throw new KmsRefusal("InvalidKeyUsageException", key.arn() + " cannot be used so.");
        }
        byte[] digest = digest(body);
        signatures.incrementAndGet();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("KeyId", key.arn());
        answer.put("Signature", base64(signature(key, digest, fault)));
        answer.put("SigningAlgorithm", "ECDSA_SHA_256");
        return answer;
    }

    private static byte[] digest(JsonNode body) throws KmsRefusal {
        byte[] message;
        try {
            message = Base64.getDecoder().decode(body.path("Message").asString(""));
        } catch (IllegalArgumentException e) {
            throw new KmsRefusal("SerializationException", "");
        }
        if (body.path("MessageType").asString("RAW").equals("RAW")) {
            if (message.length < 1 || message.length > MAX_MESSAGE_BYTES) {
                throw new KmsRefusal("ValidationException", "'message' must have 1 to 4096 bytes");
            }
            return CurveKey.sha256(message);
        }
        if (message.length != DIGEST_BYTES) {
            throw new KmsRefusal("ValidationException", "Digest is invalid length for algorithm ECDSA_SHA_256.");
        }
        return message;
    }

    private static byte[] signature(Key key, byte[] digest, @Nullable Fault fault) {
        if (fault == Fault.FOREIGN || fault == Fault.OTHER_CURVE) {
            return CurveKey.create(fault == Fault.FOREIGN ? Curve.ECC_SECG_P256K1 : Curve.ECC_NIST_P256)
                    .sign(digest)
                    .der();
        }
        byte[] der = (fault == Fault.HIGH_S ? key.pair.signHigh(digest) : key.pair.sign(digest)).der();
        if (fault == Fault.MALFORMED_DER) {
            der[1]++;
        }
        return der;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        server.close();
    }
}
