package bulwark.bench.gateway;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A gateway in a process of its own: {@code governed}, the whole program with the settings of its environment, or {@code bare PORT BACKEND [CERTIFICATE KEY]}, its data plane with every
 * stage open. Prints {@code ready}, then one line for each line of input: {@code allocated} gives bytes, {@code routes N} publishes so many routes and gives the milliseconds,
 * {@code collect} collects garbage and gives the collector's milliseconds so far.
 */
public final class GatewayProcess {
    private GatewayProcess() {}

    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        BareGateway bare = null;
        if (args[0].equals("governed")) {
            Path here = Path.of("").toAbsolutePath();
            Gateway.start(
                    () -> Configuration.read(GatewaySettings.schema(), System.getenv(), here), here, Clock.systemUTC());
        } else {
            bare = BareGateway.start(args);
        }
        System.out.println("ready");
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String question;
        while ((question = questions.readLine()) != null) {
            System.out.println(answer(question, bare));
        }
    }

    private static String answer(String question, @Nullable BareGateway bare) throws IOException {
        if (question.equals("collect")) {
            System.gc();
            return Long.toString(ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                    .sum());
        }
        if (bare != null && question.startsWith("routes ")) {
            return Long.toString(bare.publish(Integer.parseInt(question.substring("routes ".length()))));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Long.toString(threads.getTotalThreadAllocatedBytes());
    }
}
