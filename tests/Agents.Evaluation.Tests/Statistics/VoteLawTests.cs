using System.Globalization;
using Agents.Evaluation.Statistics;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Statistics;

/// <summary>
/// The exact figures of the self-aggregation specification, section 5: answers are four slots, each right with probability .7 on its
/// own, a wrong slot uniform over nine values. Closed forms give the figures; simulated candidates give them through the voters.
/// </summary>
public sealed class VoteLawTests
{
    private const double P = 0.7;
    private const int Wrong = 9;
    private const int Slots = 4;
    private const int Trials = 40_000;

    // Chance of a whole answer, and sums of squares and cubes of the chances of all wrong answers.
    private static readonly double Whole = Math.Pow(P, Slots);
    private static readonly double Squares = Math.Pow((P * P) + (Wrong * Math.Pow((1 - P) / Wrong, 2)), Slots) - (Whole * Whole);
    private static readonly double Cubes = Math.Pow((P * P * P) + (Wrong * Math.Pow((1 - P) / Wrong, 3)), Slots) - (Whole * Whole * Whole);

    [Fact]
    public void Single_WholeAnswer_Law() => Assert.Equal(0.2401, Whole, 6);

    [Fact]
    public void BestOfThree_Oracle_Law() => Assert.Equal(0.5612, 1 - Math.Pow(1 - Whole, 3), 4);

    [Fact]
    public void SlotPlurality_ThreeCandidates_Law()
    {
        double slot = SlotPlurality();

        Assert.Equal(0.84, slot, 9);
        Assert.Equal(0.497871, Math.Pow(slot, Slots), 6);
    }

    [Fact]
    public void ThreeVotes_WholeAnswers_Law() => Assert.Equal(0.282742, ThreeVotes(), 6);

    [Fact]
    public void FourVotes_WholeAnswers_Law() => Assert.Equal(0.347015, FourVotes(), 6);

    [Fact]
    public void SlotPlurality_RecoveryWithoutARightCandidate_Law() => Assert.Equal(0.097038, Recovery(), 6);

    [Fact]
    public void Votes_SimulatedCandidates_ReproduceTheLaws()
    {
        int three = 0;
        int four = 0;
        int synthesised = 0;
        int recovered = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            var stream = new SampleStream(16, (ulong)trial);
            string[][] candidates = [.. Enumerable.Range(0, 4).Select(_ => Draw(ref stream))];
            string[] answers = [.. candidates.Select(slots => string.Join(", ", slots))];
            three += PluralityVote.Count(answers[..3], AnswerFormat.Default)!.Answer == "0, 0, 0, 0" ? 1 : 0;
            four += PluralityVote.Count(answers, AnswerFormat.Default)!.Answer == "0, 0, 0, 0" ? 1 : 0;
            bool right = PluralityVote.CountPerSlot(candidates[..3]).All(slot => slot == "0");
            synthesised += right ? 1 : 0;
            recovered += right && answers[..3].All(answer => answer != "0, 0, 0, 0") ? 1 : 0;
        }

        AssertShare(0.282742, three);
        AssertShare(0.347015, four);
        AssertShare(0.497871, synthesised);
        AssertShare(0.097038, recovered);
    }

    private static string[] Draw(ref SampleStream stream)
    {
        var slots = new string[Slots];
        for (int i = 0; i < Slots; i++)
        {
            slots[i] = stream.NextUnit() < P ? "0" : (1 + stream.NextInt(Wrong)).ToString(CultureInfo.InvariantCulture);
        }

        return slots;
    }

    private static void AssertShare(double expected, int hits)
    {
        double error = Math.Sqrt(expected * (1 - expected) / Trials);
        Assert.InRange(hits / (double)Trials, expected - (4 * error), expected + (4 * error));
    }

    private static double SlotPlurality() =>
        (P * P * P) + (3 * P * P * (1 - P)) + (3 * P * (1 - P) * (1 - P) * (1 - (1.0 / Wrong)) / 3);

    /// <summary>All three right, two right, or one right that stands first before two different wrong answers.</summary>
    private static double ThreeVotes()
    {
        double rest = 1 - Whole;
        return Math.Pow(Whole, 3) + (3 * Whole * Whole * rest) + (Whole * ((rest * rest) - Squares));
    }

    /// <summary>Three or four right; two right against a pair half the time; one right that stands first before three different ones.</summary>
    private static double FourVotes()
    {
        double rest = 1 - Whole;
        double differentThree = Math.Pow(rest, 3) - (3 * rest * Squares) + (2 * Cubes);
        return Math.Pow(Whole, 4) + (4 * Math.Pow(Whole, 3) * rest) + (6 * Whole * Whole * ((rest * rest) - (Squares / 2))) + (Whole * differentThree);
    }

    /// <summary>Inclusion and exclusion over the candidates that are right in every slot.</summary>
    private static double Recovery()
    {
        double others = (P * P) + (2 * P * (1 - P));
        double first = P * (others + ((1 - P) * (1 - P) * (1 - (1.0 / Wrong))));
        double later = P * others;
        return Math.Pow(SlotPlurality(), Slots) - Math.Pow(first, Slots) - (2 * Math.Pow(later, Slots))
            + (3 * Math.Pow(P * P, Slots)) - Math.Pow(P * P * P, Slots);
    }
}
