package bulwark.tasks.embedded;

import java.util.List;

/** What is asked of the holder of the store about the store itself. */
interface Upkeep {
    /** Everything that is wrong, a sentence each. */
    List<String> check();

    /** Takes away at once what is over. */
    void prune();
}
