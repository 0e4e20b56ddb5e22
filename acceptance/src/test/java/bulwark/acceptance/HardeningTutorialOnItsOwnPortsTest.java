package bulwark.acceptance;

/** The tutorial on the ports that it names. */
class HardeningTutorialOnItsOwnPortsTest extends HardeningTutorial {
    @Override
    int[] ports() {
        return new int[] {8765, 8000};
    }
}
