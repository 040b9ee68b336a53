using Agents.Plugins.TestTimeImprovement.Uncertainty;

namespace Agents.Plugins.TestTimeImprovement.Tests.Uncertainty;

/// <summary>papers/61 §5, unit vectors 1 to 3.</summary>
public sealed class RelativeSoftmaxTests
{
    public static TheoryData<double[], double[], double> Vectors => new()
    {
        { [-2, -2.5, -5], [.603749, .366192, .030059], .237557 },
        { [-.1, -6, -7], [.996267, .002729, .001004], .993538 },
        { [-1, -1, -1], [1 / 3.0, 1 / 3.0, 1 / 3.0], 0 },
        { [-1000, -1001], [.731059, .268941], .462117 },
        { [-3], [1], 1 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Probabilities_OfTheVectors_AreThoseOfTheSpecification(double[] logProbabilities, double[] expected, double margin)
    {
        double[] probabilities = RelativeSoftmax.Probabilities(logProbabilities);

        Assert.Equal(expected.Length, probabilities.Length);
        Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(margin, RelativeSoftmax.Margin(probabilities), 1e-6);
    }

    // Vector 2: the softmax of negative log-likelihoods ranks the worst candidate first, as one published summary has it. It is refused.
    [Fact]
    public void Probabilities_OfNegativeLogLikelihoods_AreRefused()
    {
        double[] wrong = [.. new[] { 2, 2.5, 5 }.Select(Math.Exp)];
        Assert.Equal(.883492, wrong[2] / wrong.Sum(), 1e-6);
        Assert.Equal(.810971, RelativeSoftmax.Margin([.. wrong.Select(value => value / wrong.Sum())]), 1e-6);

        ArgumentException error = Assert.Throws<ArgumentException>(() => RelativeSoftmax.Probabilities([2, 2.5, 5]));

        Assert.Contains("negatives", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(.35, .7309)]
    [InlineData(.95, 3.6636)]
    public void DistanceOf_Margin_IsThatOfTwoCandidates(double margin, double distance)
    {
        Assert.Equal(distance, RelativeSoftmax.DistanceOf(margin), 1e-4);
        Assert.Equal(margin, RelativeSoftmax.Margin(RelativeSoftmax.Probabilities([-1, -1 - RelativeSoftmax.DistanceOf(margin)])), 1e-9);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-7.5)]
    [InlineData(-2000.0)]
    public void Probabilities_Shifted_StayTheSame(double shift)
    {
        double[] probabilities = RelativeSoftmax.Probabilities([-1 + shift, -3 + shift, -.5 + shift]);

        Assert.Equal(RelativeSoftmax.Probabilities([-1, -3, -.5]), probabilities, (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(1, probabilities.Sum(), 1e-12);
    }

    [Fact]
    public void Probabilities_OfImpossibleAndMissing_AreRefusedOrZero()
    {
        Assert.Equal([1, 0], RelativeSoftmax.Probabilities([-1, double.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => RelativeSoftmax.Probabilities([]));
        Assert.Throws<ArgumentException>(() => RelativeSoftmax.Probabilities([double.NaN]));
        Assert.Throws<ArgumentException>(() => RelativeSoftmax.Probabilities([double.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => RelativeSoftmax.Margin([]));
    }

    [Fact]
    public void Perplexity_OfHalves_IsTwo()
    {
        float[] halves = [MathF.Log(.5f), MathF.Log(.5f), MathF.Log(.5f)];

        Assert.Equal(2, AnswerPerplexity.Of(halves), 1e-6);
        Assert.Equal(.5, AnswerPerplexity.Margin(halves), 1e-6);
        Assert.Equal(1, AnswerPerplexity.Margin([0f]), 1e-12);
        Assert.Throws<ArgumentException>(() => AnswerPerplexity.Of([]));
    }
}
