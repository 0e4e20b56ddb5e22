package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id PHC strings: t=2, m=19456 KiB, p=1, hash 32, salt 16. About 50 ms of CPU each. Thread-safe; bounds its own parallelism to two, and how
 * many callers wait for their turn: those beyond it get {@link HashingBusy}.
 */
public final class PasswordHash {
    private static final int MEMORY_KIB = 19_456;
    private static final int ITERATIONS = 2;
    private static final int HASH_LENGTH = 32;
    private static final int SALT_LENGTH = 16;

    /** Bounds on what a string may ask for, so that a stored string cannot exhaust memory or time. */
    private static final int MAX_MEMORY_KIB = 65_536;

    private static final int MAX_ITERATIONS = 10;
    private static final int MAX_LANES = 4;
    private static final int MIN_LENGTH = 8;
    private static final int MAX_LENGTH = 64;

    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,6}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{1,100})\\$([A-Za-z0-9+/]{1,100})");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Semaphore AT_ONCE = new Semaphore(2, true);

    /** Two seconds' worth on a quick machine. */
    private static final int MAX_WAITING = 64;

    private static final int TURN_TIMEOUT_SECONDS = 20;
    private static final Semaphore WAITING = new Semaphore(MAX_WAITING);

    private PasswordHash() {}

    public static String argon2id(SecretBytes secret) {
        byte[] salt = new byte[SALT_LENGTH];
        RANDOM.nextBytes(salt);
        byte[] hash = hash(secret, salt, MEMORY_KIB, ITERATIONS, 1, HASH_LENGTH);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + ITERATIONS + ",p=1$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }

    /** False for a malformed PHC string; parameters are read from the string within bounds. Constant-time comparison. */
    public static boolean matches(SecretBytes secret, String phc) {
        Matcher parts = PHC.matcher(phc);
        if (!parts.matches()) {
            return false;
        }
        int memory = Integer.parseInt(parts.group(1));
        int iterations = Integer.parseInt(parts.group(2));
        int lanes = Integer.parseInt(parts.group(3));
        byte[] salt;
        byte[] expected;
        try {
            salt = Base64.getDecoder().decode(parts.group(4));
            expected = Base64.getDecoder().decode(parts.group(5));
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean bounded = lanes >= 1
                && lanes <= MAX_LANES
                && iterations >= 1
                && iterations <= MAX_ITERATIONS
                && memory >= 8 * lanes
                && memory <= MAX_MEMORY_KIB
                && within(salt.length)
                && within(expected.length);
        return bounded
                && MessageDigest.isEqual(expected, hash(secret, salt, memory, iterations, lanes, expected.length));
    }

    private static boolean within(int length) {
        return length >= MIN_LENGTH && length <= MAX_LENGTH;
    }

    private static byte[] hash(SecretBytes secret, byte[] salt, int memory, int iterations, int lanes, int length) {
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(iterations)
                .withParallelism(lanes)
                .withSalt(salt)
                .build();
        byte[] hash = new byte[length];
        byte[] bytes = secret.expose(SecretAccess.grant());
        awaitTurn();
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(parameters);
            generator.generateBytes(bytes, hash);
        } finally {
            AT_ONCE.release();
            Arrays.fill(bytes, (byte) 0);
        }
        return hash;
    }

    private static void awaitTurn() {
        if (!WAITING.tryAcquire()) {
            throw new HashingBusy();
        }
        try {
            if (!AT_ONCE.tryAcquire(TURN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new HashingBusy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HashingBusy();
        } finally {
            WAITING.release();
        }
    }

    /** More secrets wait to be hashed than can be hashed soon; safe to repeat. */
    public static final class HashingBusy extends RuntimeException {
        HashingBusy() {
            super("too many passwords and keys wait to be checked; repeat in a second", null, false, false);
        }
    }
}
