package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.verify.PostureVerifier;
import bulwark.doctor.verify.SigstoreTrust;
import bulwark.doctor.verify.VerifiedPosture;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether a bundle says what its policy trusts. Connects to nobody. */
@Command(
        name = "verify",
        description =
                "Verify the bundle of a visit without asking anybody, and say who saw what, when, under which keys."
                        + " Ends with 0 when all of it verifies, with 1 when anything does not.")
public final class VerifyBundleCommand implements Callable<Integer> {
    private static final int MAX_BYTES = 16 << 20;

    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "The bundle: posture-TIME.sigstore.json.")
    private Path file = Path.of("");

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Whose keys count: logs, witnesses and doctors with their dates. Always needed.")
    private @Nullable Path policy;

    @Option(names = "--report", paramLabel = "FILE", description = "Also compare the report with what was signed.")
    private @Nullable Path report;

    @Option(
            names = "--sigstore-trust",
            description = "Print the policy's keys as programs of Sigstore read them, instead of the findings.")
    private boolean sigstoreTrust;

    VerifyBundleCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        PosturePolicy trusted = policy();
        PostureVerifier verifier = new PostureVerifier(trusted, Signing.of(Signing.Provider.JDK));
        try {
            VerifiedPosture verified =
                    verifier.verify(read(file), context.clock().instant());
            compareReport(verified);
            if (sigstoreTrust) {
                context.out().println(new String(SigstoreTrust.json(trusted), StandardCharsets.UTF_8));
            } else {
                verified.lines().forEach(context.out()::println);
                context.out().println("verified");
            }
            return ExitCode.DONE.plain();
        } catch (BundleRefused e) {
            context.err().println("refused: " + e.getMessage());
            return ExitCode.NEGATIVE.plain();
        }
    }

    private void compareReport(VerifiedPosture verified) throws IOException, BundleRefused {
        if (report != null
                && !Digests.sha256Hex(read(report))
                        .equals(verified.statement().subjects().get("report.json"))) {
            throw new BundleRefused(report + " is not the report that was signed");
        }
    }

    private PosturePolicy policy() throws IOException {
        if (policy == null) {
            throw CommandFailed.usage(
                    "a bundle cannot say itself whose keys count: name a policy with --policy FILE. The"
                            + " doctor that signed wrote one, posture/policy in the folder of its memory; get it from its"
                            + " operator by another way than the bundle");
        }
        try {
            return PosturePolicy.parse(read(policy));
        } catch (NoteRefused e) {
            throw CommandFailed.usage(policy + ": " + e.getMessage());
        }
    }

    private byte[] read(Path path) throws IOException {
        Path found = context.directory().resolve(path);
        if (!Files.isRegularFile(found)) {
            throw CommandFailed.usage(found + " is no file: name the bundle, and its policy with --policy");
        }
        try (InputStream in = Files.newInputStream(found)) {
            return in.readNBytes(MAX_BYTES);
        }
    }
}
