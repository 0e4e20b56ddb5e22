package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A signer as a process of its own, at the time that the plans of tests are made for. Settings from the environment. */
final class SignerProgram {
    private SignerProgram() {}

    /** @param arguments folder and the time at which it starts */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), Instant.parse(arguments[1])));
        Signer signer =
                Signer.start(Configuration.read(SignerSettings.schema(), System.getenv(), folder), folder, clock);
        Runtime.getRuntime().addShutdownHook(new Thread(signer::close, "stop"));
        System.exit(signer.awaitExitCode());
    }
}
