package bulwark.kernel.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** TLS material made by the openssl command line, with the very commands that an operator types. */
final class OpensslFixture {
    static final String NODE_URI = "stigmem://your-org.example.com/nodes/primary";

    private final Path directory;

    OpensslFixture(Path directory) {
        this.directory = directory;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    TlsFiles files(String leaf, String ca) {
        return new TlsFiles(path(leaf + ".crt"), path(leaf + ".key"), path(ca + ".crt"));
    }

    /** Ed25519, ten years. */
    OpensslFixture authority(String name) {
        shell("openssl genpkey -algorithm ed25519 -out " + name + ".key");
        shell("openssl req -new -x509 -key " + name + ".key -out " + name
                + ".crt -days 3650 -subj \"/CN=Stigmem Federation CA\"");
        return this;
    }

    OpensslFixture leaf(String name, String ca) {
        return leaf(name, ca, "openssl genpkey -algorithm ed25519", "URI:" + NODE_URI, "-days 90");
    }

    OpensslFixture leaf(String name, String ca, String genpkey, String san, String validity) {
        shell(genpkey + " -out " + name + ".key");
        shell("openssl req -new -key " + name + ".key -out " + name
                + ".csr -subj \"/CN=stigmem-node\" -addext \"subjectAltName=" + san + "\"");
        shell("openssl x509 -req -in " + name + ".csr -CA " + ca + ".crt -CAkey " + ca + ".key -CAcreateserial -out "
                + name + ".crt " + validity + " -extfile <(echo \"subjectAltName=" + san + "\")");
        return this;
    }

    /** Replaces one file by the content of another, atomically. */
    void replace(String target, String source) {
        try {
            Path next = path(target + ".next");
            Files.copy(path(source), next, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(next, path(target), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String name, String content) {
        try {
            Files.writeString(path(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String name) {
        try {
            return Files.readString(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Output and errors together; the umask is root's usual one for openssl's keys (it writes them 0600 itself). */
    String shell(String command) {
        Result result = run(command);
        if (result.code != 0) {
            throw new IllegalStateException(command + ": " + result.output);
        }
        return result.output;
    }

    record Result(int code, String output) {}

    Result run(String command) {
        try {
            Process process = new ProcessBuilder("bash", "-c", command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " hangs: " + output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
