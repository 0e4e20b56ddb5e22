package bulwark.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The requests that a load consists of, as bytes for the wire. Not thread-safe; the same seed gives the same requests. */
final class Requests {
    private static final int ENTITIES = 20_000;
    private static final int WORDS = 3_000;

    private final String kind;
    private final String key;
    private final String headers;
    private final List<String> ids;
    private final Random random;
    private int sent;

    /**
     * @param kind {@code health}, {@code seed}, {@code write}, {@code read}, {@code recall} or {@code paced}
     * @param key of the API; for {@code paced} a whole header
     * @param ids fact ids for {@code read}, paths for {@code paced}
     */
    Requests(String kind, String key, List<String> ids, long seed) {
        this.kind = kind;
        this.key = key;
        this.ids = ids;
        random = new Random(seed);
        headers = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key + "\r\n";
    }

    byte[] next() {
        int number = sent++;
        String request = switch (kind) {
            case "health" -> "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
            case "read" -> "GET /v1/facts/" + ids.get(random.nextInt(ids.size())) + headers + "\r\n";
            case "paced" ->
                "GET " + ids.get(random.nextInt(ids.size())) + " HTTP/1.1\r\nHost: localhost\r\n" + key + "\r\n\r\n";
            case "seed" -> post("/v1/facts", seedFact(number));
            case "write" -> post("/v1/facts", fact("stigmem://bench/user/" + hex(), "memory:note", sentence()));
            case "recall" -> post("/v1/recall", question());
            default -> throw new IllegalArgumentException("no such load: " + kind);
        };
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    private String post(String path, String json) {
        return "POST " + path + headers + "Content-Type: application/json\r\nContent-Length: " + json.length()
                + "\r\n\r\n" + json;
    }

    /** Five relations for each of 20,000 entities; every tenth fact refers to another entity. */
    private String seedFact(int number) {
        String entity = entity(number % ENTITIES);
        String relation = "memory:topic" + number / ENTITIES;
        return number % 10 == 7
                ? "{\"entity\":\"" + entity + "\",\"relation\":\"" + relation
                        + "\",\"value\":{\"type\":\"ref\",\"v\":\"" + entity(random.nextInt(ENTITIES))
                        + "\"},\"source\":\"agent:bench\",\"scope\":\"company\"}"
                : fact(entity, relation, sentence());
    }

    private static String entity(int number) {
        return String.format(Locale.ROOT, "stigmem://bench/user/person-%05d", number);
    }

    private static String fact(String entity, String relation, String text) {
        return "{\"entity\":\"" + entity + "\",\"relation\":\"" + relation
                + "\",\"value\":{\"type\":\"string\",\"v\":\"" + text
                + "\"},\"source\":\"agent:bench\",\"scope\":\"company\"}";
    }

    private String question() {
        StringBuilder words = new StringBuilder();
        for (int i = 2 + random.nextInt(4); i > 0; i--) {
            words.append(word()).append(' ');
        }
        return "{\"query\":\"" + words.toString().strip() + "\",\"scope\":\"company\"}";
    }

    private String sentence() {
        StringBuilder words = new StringBuilder();
        for (int i = 8 + random.nextInt(5); i > 0; i--) {
            words.append(word()).append(i == 1 ? "" : " ");
        }
        return words.toString();
    }

    /** Some words are common and most are rare, as in language. */
    private String word() {
        double skewed = Math.pow(random.nextDouble(), 3);
        return "w" + Integer.toString(1_000_000 + (int) (skewed * WORDS) * 7919, 36);
    }

    private String hex() {
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
}
