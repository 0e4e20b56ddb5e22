package bulwark.acceptance;

import bulwark.testkit.FreePort;

/** The tutorial on free ports. */
class HardeningTutorialTest extends HardeningTutorial {
    @Override
    int[] ports() {
        return new int[] {FreePort.next(), FreePort.next()};
    }
}
