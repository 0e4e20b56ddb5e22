package bulwark.seats.deposit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies BLS signatures of the beacon chain in a child process that holds the native library and nothing else: when it dies, the request
 * in hand fails with {@link BlsFailed}, and the next one starts another. Thread-safe.
 */
public final class BlsVerifier implements AutoCloseable {
    /** Of one exchange with the child. */
    static final int MAX_BATCH = 64;

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final List<String> command;
    private final ReentrantLock exchanging = new ReentrantLock();
    private @Nullable Process child;

    /** A signature and what it should be of. Immutable. @param pubkey 48 bytes @param signature 96 @param root 32 */
    public record SignedRoot(byte[] pubkey, byte[] signature, byte[] root) {
        public SignedRoot {
            if (pubkey.length != 48 || signature.length != 96 || root.length != 32) {
                throw new IllegalArgumentException("key, signature and root have 48, 96 and 32 bytes");
            }
        }
    }

    BlsVerifier(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** With a child of the same Java and the same classes as this process; it starts with the first request. */
    public static BlsVerifier ofThisProgram() {
        return new BlsVerifier(command(BlsVerifierProgram.class));
    }

    /** Of a child of the same Java and the same classes as this process, which holds the native library. */
    static List<String> command(Class<?> program) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+DisableAttachMechanism",
                "-XX:-CreateCoredumpOnCrash",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)),
                program.getName());
    }

    /**
     * One verdict for each, in order. Points that are not encoded as they must be, lie outside of their group or are the identity make it
     * false. Many at once cost half of one by one.
     *
     * @throws BlsFailed when there is no answer
     */
    public List<Boolean> verify(List<SignedRoot> signatures) {
        List<Boolean> verdicts = new ArrayList<>();
        for (int from = 0; from < signatures.size(); from += MAX_BATCH) {
            verdicts.addAll(exchange(signatures.subList(from, Math.min(signatures.size(), from + MAX_BATCH))));
        }
        return verdicts;
    }

    private List<Boolean> exchange(List<SignedRoot> batch) {
        exchanging.lock();
        try {
            Process process = running();
            Thread watch = Thread.ofVirtual().start(() -> endAfterTimeout(process));
            try {
                return exchange(process, batch);
            } catch (IOException e) {
                process.destroyForcibly();
                child = null;
                throw new BlsFailed("The process that verifies BLS signatures ended; repeat the request.");
            } finally {
                watch.interrupt();
            }
        } finally {
            exchanging.unlock();
        }
    }

    private static List<Boolean> exchange(Process process, List<SignedRoot> batch) throws IOException {
        DataOutputStream out = new DataOutputStream(process.getOutputStream());
        out.writeInt(batch.size());
        for (SignedRoot each : batch) {
            out.write(each.pubkey());
            out.write(each.signature());
            out.write(each.root());
        }
        out.flush();
        byte[] answer = new byte[batch.size()];
        new DataInputStream(process.getInputStream()).readFully(answer);
        List<Boolean> verdicts = new ArrayList<>();
        for (byte each : answer) {
            if (each != 0 && each != 1) {
                throw new IOException("an answer of another form");
            }
            verdicts.add(each == 1);
        }
        return verdicts;
    }

    private static void endAfterTimeout(Process process) {
        try {
            Thread.sleep(ANSWER_TIMEOUT);
            process.destroyForcibly();
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        }
    }

    private Process running() {
        if (child == null || !child.isAlive()) {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            try {
                child = builder.start();
            } catch (IOException e) {
                throw new BlsFailed("The process that verifies BLS signatures could not be started: " + e.getMessage());
            }
        }
        return child;
    }

    /** For a test that kills it; empty until the first request. */
    @Nullable
    Process child() {
        return child;
    }

    @Override
    public void close() {
        exchanging.lock();
        try {
            if (child != null) {
                child.destroy();
                if (!child.waitFor(1, TimeUnit.SECONDS)) {
                    child.destroyForcibly();
                }
                child = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchanging.unlock();
        }
    }
}
