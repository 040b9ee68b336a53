using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Diversity;

public sealed class DiversityTests
{
    private static readonly float[][] Embeddings = [[1, 0], [0, 1], [.6f, .8f]];

    // papers/51 §5, vectors.
    [Fact]
    public void Semantic_VectorOfThePaper_HasBothForms()
    {
        Assert.Equal(.53333, SemanticDiversity.OneMinusCosine(Embeddings), 5);
        Assert.Equal(.26667, SemanticDiversity.Halved(Embeddings), 5);
    }

    [Fact]
    public void KullbackLeibler_VectorOfThePaper_DependsOnTheDirection()
    {
        double[] p = [.4, .35, .25];
        double[] q = [.5, .3, .2];

        Assert.Equal(.020481, Distributions.KullbackLeibler(p, q), 6);
        Assert.Equal(.020698, Distributions.KullbackLeibler(q, p), 6);
        Assert.Equal(0, Distributions.KullbackLeibler(p, p));
        Assert.Equal(double.PositiveInfinity, Distributions.KullbackLeibler([.5, .5], [1, 0]));
    }

    [Fact]
    public void Entropy_Reference_IsThatOfThePaper() => Assert.Equal(1.02965, Distributions.Entropy([.5, .3, .2]), 5);

    [Fact]
    public void Distances_ByHand()
    {
        Assert.Equal(.2, Distributions.L1([.5, .3, .2], [.4, .3, .3]), 12);
        Assert.Equal(.1, Distributions.KolmogorovSmirnov([.5, .3, .2], [.4, .3, .3]), 12);
        Assert.Equal(2, Distributions.L1([1, 0], [0, 1]));
        Assert.Equal(1, Distributions.KolmogorovSmirnov([1, 0], [0, 1]));
        Assert.Equal(0, Distributions.ChiSquareUniform([5, 5, 5]));
        Assert.Equal(20, Distributions.ChiSquareUniform([10, 0, 0]), 12);
    }

    [Fact]
    public void Distances_DifferentLengths_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Distributions.L1([1], [1, 0]));
        Assert.Throws<ArgumentException>(() => Distributions.KullbackLeibler([1], [1, 0]));
        Assert.Throws<ArgumentException>(() => Distributions.KolmogorovSmirnov([1], [1, 0]));
        Assert.Throws<ArgumentException>(() => Distributions.ChiSquareUniform([0, 0]));
    }

    [Fact]
    public void Lexical_ByHand()
    {
        Assert.Equal(3.0 / 4, LexicalDiversity.Distinct(["a b", "B c"], 1));
        Assert.Equal(1, LexicalDiversity.Distinct(["a b", "b c"], 2));
        Assert.Equal(0, LexicalDiversity.Distinct(["a", "b"], 2));

        // Longest common subsequence "the sat" of 3 and 4 words: F1 = 2 · 2 / 7.
        Assert.Equal(1 - (4.0 / 7), LexicalDiversity.OneMinusRougeL(["the cat sat", "the dog also sat"]), 12);
        Assert.Equal(0, LexicalDiversity.OneMinusRougeL(["a b c", "A B C"]), 12);
        Assert.Equal(1, LexicalDiversity.OneMinusRougeL(["a", "b"]), 12);
    }

    [Fact]
    public void OneAnswer_HasNoDiversity()
    {
        Assert.Throws<ArgumentException>(() => LexicalDiversity.OneMinusRougeL(["a"]));
        Assert.Throws<ArgumentException>(() => SemanticDiversity.OneMinusCosine([[1, 0]]));
        Assert.Throws<ArgumentException>(() => SemanticDiversity.OneMinusCosine([[1, 0], [0, 0]]));
        Assert.Throws<ArgumentException>(() => SemanticDiversity.OneMinusCosine([[1, 0], [1]]));
    }

    [Fact]
    public void Coverage_CountsDifferentRightAnswersOnce()
    {
        AnswerCoverage coverage = AnswerCoverage.Of(["ohio", "Ohio", "iowa", "paris"], ["Ohio", "Iowa", "Utah"], LabelledAnswerFormat.Instance);

        Assert.Equal(new AnswerCoverage(2.0 / 3, 3.0 / 4), coverage);
        Assert.Equal(new AnswerCoverage(0, 0), AnswerCoverage.Of([], ["a"], LabelledAnswerFormat.Instance));
        Assert.Throws<ArgumentException>(() => AnswerCoverage.Of(["a"], [], LabelledAnswerFormat.Instance));
    }
}
