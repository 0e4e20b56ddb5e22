package bulwark.web;

import bulwark.kernel.concurrent.EssentialThread;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process can vouch for now.
 *
 * @param trouble why it is not alive, or null
 * @param unready why it should not be given work, or null
 */
public record Health(@Nullable String trouble, @Nullable String unready) {
    public static final Health GOOD = new Health(null, null);

    /** With the background threads that the process cannot do without. */
    Health withThreads() {
        List<String> failing = EssentialThread.problems();
        return trouble != null || failing.isEmpty() ? this : new Health(failing.getFirst(), unready);
    }
}
