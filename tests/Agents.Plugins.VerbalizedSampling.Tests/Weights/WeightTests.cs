using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Plugins.VerbalizedSampling.Weights;
using Agents.Reasoning;

namespace Agents.Plugins.VerbalizedSampling.Tests.Weights;

public sealed class WeightTests
{
    // papers/51 §5, vector of weights.
    [Fact]
    public void Create_VectorOfThePaper_IsRepairedAndNormalized()
    {
        string[] written = ["40%", ".3", "-.2", "1.7", "abc", ".1"];
        WeightedCandidate[] candidates = [.. written.Select((text, index) =>
        {
            (double weight, WeightRepairs repairs) = WeightReader.Read(text);
            return new WeightedCandidate($"answer {index}", 0) { RawWeight = weight, Written = text, Repairs = repairs, Index = index };
        })];

        WeightedCandidates table = WeightTable.Create(candidates);

        Assert.Equal([.4, .3, 0, 1, 0, .1], candidates.Select(item => item.RawWeight));
        double[] inOrder = [.. table.Items.OrderBy(item => item.Index).Select(item => Math.Round(item.Weight, 5))];
        Assert.Equal([.22222, .16667, 0, .55556, 0, .05556], inOrder);
        Assert.Equal([3, 0, 1, 5, 2, 4], table.Items.Select(item => item.Index));
        Assert.Equal((4, 0), (table.Repaired, table.Missing));
    }

    [Theory]
    [InlineData("0.4", .4, WeightRepairs.None)]
    [InlineData(" 0.4 ", .4, WeightRepairs.None)]
    [InlineData("\"0.4\"", .4, WeightRepairs.None)]
    [InlineData("1", 1, WeightRepairs.None)]
    [InlineData("40 %", .4, WeightRepairs.Percentage)]
    [InlineData("140%", 1, WeightRepairs.Percentage | WeightRepairs.AboveOne)]
    [InlineData("-3%", 0, WeightRepairs.Percentage | WeightRepairs.Negative)]
    [InlineData("1.0001", 1, WeightRepairs.AboveOne)]
    [InlineData("-0.2", 0, WeightRepairs.Negative)]
    [InlineData("NaN", 0, WeightRepairs.NotANumber)]
    [InlineData("Infinity", 0, WeightRepairs.NotANumber)]
    [InlineData("likely", 0, WeightRepairs.NotANumber)]
    [InlineData("%", 0, WeightRepairs.NotANumber)]
    [InlineData("", 0, WeightRepairs.Missing)]
    [InlineData(null, 0, WeightRepairs.Missing)]
    public void Read_AnyText_GivesAWeightAndSaysWhatItRepaired(string? written, double weight, WeightRepairs repairs) =>
        Assert.Equal((weight, repairs), WeightReader.Read(written));

    [Theory]
    [InlineData("40", ProbabilityDefinition.Percentage, .4)]
    [InlineData("40%", ProbabilityDefinition.Percentage, .4)]
    [InlineData("4", ProbabilityDefinition.Perplexity, .25)]
    [InlineData("1", ProbabilityDefinition.Perplexity, 1)]
    [InlineData("0", ProbabilityDefinition.Nll, 1)]
    [InlineData("0.6931471805599453", ProbabilityDefinition.Nll, .5)]
    [InlineData("0.3", ProbabilityDefinition.Confidence, .3)]
    public void Read_OtherDefinitions_AreTurnedIntoWeights(string written, ProbabilityDefinition definition, double weight)
    {
        (double read, WeightRepairs repairs) = WeightReader.Read(written, definition);

        Assert.Equal(weight, read, 12);
        Assert.Equal(WeightRepairs.None, repairs);
    }

    [Theory]
    [InlineData("0", ProbabilityDefinition.Perplexity)]
    [InlineData("-2", ProbabilityDefinition.Perplexity)]
    [InlineData("-1", ProbabilityDefinition.Nll)]
    [InlineData("0.5", ProbabilityDefinition.Perplexity)]
    public void Read_ImpossibleScores_AreRepaired(string written, ProbabilityDefinition definition) =>
        Assert.NotEqual(WeightRepairs.None, WeightReader.Read(written, definition).Repairs);

    [Fact]
    public void Normalize_Modes_SumToOne()
    {
        Assert.Equal([.25, .75], WeightTable.Normalize([.1, .3], WeightMode.Elicited).Select(weight => Math.Round(weight, 12)));
        Assert.Equal([.5, .5], WeightTable.Normalize([0, 0], WeightMode.Elicited));
        Assert.Equal([.5, .5], WeightTable.Normalize([.1, .9], WeightMode.Uniform));
        double[] soft = WeightTable.Normalize([0, 1], WeightMode.Softmax);
        Assert.Equal(1 / (1 + Math.E), soft[0], 12);
        Assert.Equal(1, soft.Sum(), 12);
    }

    [Theory]
    [InlineData(0, 1, "0,1,2,3")]
    [InlineData(.2, 1, "0,1,2")]
    [InlineData(.21, 1, "0,1")]
    [InlineData(.21, 3, "0,1,2")]
    [InlineData(1, 1, "0")]
    [InlineData(1, 9, "0,1,2,3")]
    public void Create_MinimumWeight_DropsTheTailButKeepsTheHeaviest(double minimum, int keep, string kept)
    {
        double[] raw = [.5, .3, .2, .1];
        WeightedCandidate[] candidates = [.. raw.Select((weight, index) => new WeightedCandidate("x", 0) { RawWeight = weight, Index = index })];

        WeightedCandidates table = WeightTable.Create(candidates, WeightMode.Elicited, minimum, keep);

        Assert.Equal(kept, string.Join(',', table.Items.Select(item => item.Index)));
        Assert.Equal(1, table.Items.Sum(item => item.Weight), 12);
        Assert.Equal(raw[0], table.Items[0].RawWeight);
    }

    [Fact]
    public void Create_NoCandidates_IsRefused() => Assert.Throws<ArgumentException>(() => WeightTable.Create([]));

    [Fact]
    public void Draw_ManyTimes_FollowsTheWeights()
    {
        WeightedCandidates table = WeightTable.Create([.. new[] { .6, .3, .1 }.Select((weight, index) => new WeightedCandidate($"{index}", 0) { RawWeight = weight, Index = index })]);
        SampleStream random = new(51);
        int[] counts = new int[3];
        for (int i = 0; i < 20_000; i++)
        {
            counts[table.Draw(ref random).Index]++;
        }

        for (int i = 0; i < 3; i++)
        {
            (double low, double high) = Testing.SampleRate.Interval(table.Items[i].Weight, 20_000);
            Assert.InRange(counts[i] / 20_000.0, low, high);
        }
    }

    [Fact]
    public void Draw_AllWeightsZeroAfterRounding_StillGivesACandidate()
    {
        SampleStream random = new(1);

        Assert.Equal("only", new WeightedCandidates([new WeightedCandidate("only", 0)]).Draw(ref random).Text);
    }
}
