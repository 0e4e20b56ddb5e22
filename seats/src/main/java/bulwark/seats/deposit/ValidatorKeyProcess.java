package bulwark.seats.deposit;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One key of a validator in a child process that holds the native library, reached over pipes alone and without an environment: when native code fails, this request fails and nothing else. For one thread.
 */
public final class ValidatorKeyProcess implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final int PUBKEY_BYTES = 48;
    private static final int SECRET_BYTES = 32;
    private static final int SIGNATURE_BYTES = 96;

    private final Process process;
    private final Thread watch;
    private final byte[] pubkey;
    private final SecretBytes secret;

    private ValidatorKeyProcess(Process process, SecretBytes seed, long... path) throws IOException {
        this.process = process;
        this.watch = Thread.ofVirtual().start(this::endAfterTimeout);
        DataOutputStream out = new DataOutputStream(process.getOutputStream());
        byte[] bytes = seed.expose(SecretAccess.grant());
        out.writeByte(bytes.length);
        out.write(bytes);
        out.writeByte(path.length);
        for (long index : path) {
            out.writeLong(index);
        }
        out.flush();
        pubkey = read(PUBKEY_BYTES);
        secret = SecretBytes.of(read(SECRET_BYTES));
    }

    /**
     * Derives a key (EIP-2333).
     *
     * @param seed 32 to 64 bytes
     * @param path indexes from 0 to 2^32-1
     * @throws BlsFailed when there is no answer
     */
    public static ValidatorKeyProcess derive(SecretBytes seed, long... path) {
        List<String> command = BlsVerifier.command(ValidatorKeyProgram.class);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        Process started = null;
        try {
            started = builder.start();
            return new ValidatorKeyProcess(started, seed, path);
        } catch (IOException e) {
            if (started != null) {
                started.destroyForcibly();
            }
            throw failed();
        }
    }

    private static BlsFailed failed() {
        return new BlsFailed("The process that holds the key of a validator ended; repeat the request.");
    }

    private byte[] read(int bytes) throws IOException {
        byte[] read = new DataInputStream(process.getInputStream()).readNBytes(bytes);
        if (read.length != bytes) {
            throw new EOFException("an answer of " + read.length + " bytes");
        }
        return read;
    }

    private void endAfterTimeout() {
        try {
            Thread.sleep(ANSWER_TIMEOUT);
            process.destroyForcibly();
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        }
    }

    /** 48 bytes. */
    public byte[] pubkey() {
        return pubkey.clone();
    }

    /** 32 bytes, the highest first. */
    public SecretBytes secret() {
        return secret;
    }

    /** Once. @param root 32 bytes @return 96 bytes @throws BlsFailed when there is no answer */
    public byte[] sign(byte[] root) {
        try {
            process.getOutputStream().write(root);
            process.getOutputStream().flush();
            return read(SIGNATURE_BYTES);
        } catch (IOException e) {
            throw failed();
        }
    }

    @Override
    public void close() {
        watch.interrupt();
        process.destroyForcibly();
    }
}
