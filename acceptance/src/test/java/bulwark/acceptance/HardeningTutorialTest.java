package bulwark.acceptance;

import java.io.IOException;

/** The tutorial on free ports. */
class HardeningTutorialTest extends HardeningTutorial {
    @Override
    int[] ports() throws IOException {
        return new int[] {NodeUnderTest.freePort(), NodeUnderTest.freePort()};
    }
}
