package bulwark.app.up;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What the program knows of a part. The program holds a list of them, in the order in which they start. */
public interface Part {
    /** One word; also the name of the part's folder under the state folder. */
    String name();

    /** The classes of its commands, for a command line that holds every command. */
    List<Class<?>> commands();

    /**
     * A command that runs without the command-line library, whose classes would be a third of a start, or with a command line of its own.
     *
     * @param arguments of the whole program
     */
    Optional<Callable<Integer>> directCommand(List<String> arguments);

    /** Which ports it takes under {@code up --port-base N}: a phrase. */
    String ports();

    /** Creates what is missing of its keys, settings and folders. @param state the folder of all parts */
    ProvisionedPart provision(Path state, int portBase) throws IOException;
}
