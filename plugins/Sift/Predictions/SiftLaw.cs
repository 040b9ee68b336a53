namespace Agents.Plugins.Sift.Predictions;

/// <summary>What the method costs, and what agreement is worth where the views err independently (papers/49 §2, §5).</summary>
public static class SiftLaw
{
    /// <summary>Returns the expected number of calls: 3, then 3 more after a first disagreement, 4 after a second, 1 after a third.</summary>
    /// <param name="first">Chance that the views of stage 1 agree.</param>
    /// <param name="second">Chance that those of stage 2 agree once it is reached.</param>
    /// <param name="third">Chance that those of stage 3 agree once it is reached.</param>
    public static double ExpectedCalls(double first, double second, double third) =>
        3 + (3 * (1 - first)) + (4 * (1 - first) * (1 - second)) + ((1 - first) * (1 - second) * (1 - third));

    /// <summary>Returns how often two independent views agree when wrong answers are uniform over some values.</summary>
    /// <param name="sticker">Chance that the view of the sticker is right.</param>
    /// <param name="both">Chance that the view of question and sticker is right.</param>
    /// <param name="wrongValues">Number of wrong values, at least 1.</param>
    public static double AgreementRate(double sticker, double both, int wrongValues)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wrongValues);
        return (sticker * both) + ((1 - sticker) * (1 - both) / wrongValues);
    }

    /// <summary>Returns how often an answer that both independent views give is right. Views that share their errors do worse.</summary>
    /// <param name="sticker">Chance that the view of the sticker is right.</param>
    /// <param name="both">Chance that the view of question and sticker is right.</param>
    /// <param name="wrongValues">Number of wrong values, at least 1.</param>
    public static double PrecisionOfAgreed(double sticker, double both, int wrongValues) => sticker * both / AgreementRate(sticker, both, wrongValues);

    /// <summary>Returns the accuracy of stage 1 with the plain question as fallback, all views independent.</summary>
    /// <param name="sticker">Chance that the view of the sticker is right.</param>
    /// <param name="both">Chance that the view of question and sticker is right.</param>
    /// <param name="question">Chance that the plain answer is right.</param>
    /// <param name="wrongValues">Number of wrong values, at least 1.</param>
    public static double StageOneAccuracy(double sticker, double both, double question, int wrongValues) =>
        (sticker * both) + ((1 - AgreementRate(sticker, both, wrongValues)) * question);
}
