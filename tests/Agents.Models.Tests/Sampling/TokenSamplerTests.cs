using Agents.Models.Sampling;
using Agents.Numerics.Kernels;

namespace Agents.Models.Tests.Sampling;

public sealed unsafe class TokenSamplerTests
{
    private static readonly float[] Logits = [2, 1, 0.5f, 0, -1, -3];

    private static readonly double[] Plain = [.5608934, .2063412, .1251522, .0759087, .0279252, .0037793];

    [Fact]
    public void Draw_ManyStreams_FollowsTheFirstCumulativeAboveTheDraw()
    {
        for (ulong run = 0; run < 200; run++)
        {
            SampleStream stream = new(run);
            SampleStream copy = stream;
            double u = copy.NextUnit();
            double cumulative = 0;
            int expected = Array.FindIndex(Plain, p => (cumulative += p) > u);

            Assert.Equal(expected, Draw(new SamplingOptions(), ref stream).Id);
            Assert.Equal(1UL, stream.Counter);
        }
    }

    [Fact]
    public void Draw_Defaults_BehaviorEqualsPlain()
    {
        SampleStream stream = new(3);

        TokenDraw draw = Draw(new SamplingOptions(), ref stream);

        Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
        Assert.Equal(draw.PlainLogProbability, draw.BehaviorLogProbability);
        Assert.Equal(1, draw.KeptMass);
    }

    [Theory]
    [InlineData(SamplerOrder.TruncateThenTemper, 4)]
    [InlineData(SamplerOrder.TemperThenTruncate, 3)]
    public void Draw_BothOrders_TruncateDifferently(SamplerOrder order, int kept)
    {
        SamplingOptions options = new() { Temperature = 0.8, TopP = 0.9, Order = order };
        double[] tempered = [.. Logits.Select(logit => Math.Exp(logit / 0.8))];
        double keptMass = tempered[..kept].Sum() / tempered.Sum();

        for (ulong run = 0; run < 100; run++)
        {
            SampleStream stream = new(run);
            TokenDraw draw = Draw(options, ref stream);

            Assert.InRange(draw.Id, 0, kept - 1);
            Assert.Equal(Math.Log(tempered[draw.Id] / tempered[..kept].Sum()), draw.BehaviorLogProbability, 1e-9);
            Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
            Assert.Equal(keptMass, draw.KeptMass, 1e-9);
        }
    }

    [Fact]
    public void Draw_AllStages_NeverLeavesTheKeptSet()
    {
        SamplingOptions options = new() { TopK = 4, TopP = 0.95, MinP = 0.15, TypicalP = 0.9, Temperature = 1.5 };
        for (ulong run = 0; run < 100; run++)
        {
            SampleStream stream = new(run);
            TokenDraw draw = Draw(options, ref stream);

            Assert.InRange(draw.Id, 0, 2);
            Assert.InRange(draw.KeptMass, 0.1, 0.999);
        }
    }

    [Fact]
    public void Draw_TemperatureOnly_TempersBehaviorButNotPlain()
    {
        SampleStream stream = new(9);

        TokenDraw draw = Draw(new SamplingOptions { Temperature = 0.5 }, ref stream);

        double sum = Logits.Sum(logit => Math.Exp(2 * logit));
        Assert.Equal((2 * Logits[draw.Id]) - Math.Log(sum), draw.BehaviorLogProbability, 1e-6);
        Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
        Assert.Equal(1, draw.KeptMass);
    }

    [Fact]
    public void Draw_Greedy_TakesTheLargestWithoutADraw()
    {
        SampleStream stream = new(1);

        TokenDraw draw = Draw(SamplingOptions.Greedy, ref stream);

        Assert.Equal((0, 0.0, 1.0), (draw.Id, draw.BehaviorLogProbability, draw.KeptMass));
        Assert.Equal(Math.Log(Plain[0]), draw.PlainLogProbability, 1e-6);
        Assert.Equal(0UL, stream.Counter);
    }

    [Fact]
    public void Draw_GreedyWithPenalty_TakesTheNextToken()
    {
        SampleStream stream = new(1);

        Assert.Equal(1, Draw(SamplingOptions.Greedy with { RepetitionPenalty = 3 }, ref stream, [0]).Id);
        Assert.Equal(0, Draw(SamplingOptions.Greedy with { RepetitionPenalty = 3, PenaltyWindow = 1 }, ref stream, [0, 5]).Id);
    }

    [Fact]
    public void Draw_PenaltyWithoutTruncation_KeepsAllMass()
    {
        SampleStream stream = new(2);

        TokenDraw draw = Draw(new SamplingOptions { PresencePenalty = 0.5 }, ref stream, [0]);

        Assert.Equal(1, draw.KeptMass);
        Assert.NotEqual(draw.PlainLogProbability, draw.BehaviorLogProbability, 1e-3);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Draw_LogitThatIsNotFinite_IsANamedError(float bad)
    {
        InvalidLogitsException error = Assert.Throws<InvalidLogitsException>(() => DrawFrom([1, bad, 2]));

        Assert.Contains("token 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_AllExcluded_IsANamedError() =>
        Assert.Throws<InvalidLogitsException>(() => DrawFrom([float.NegativeInfinity, float.NegativeInfinity]));

    [Fact]
    public void Draw_AnyStage_AllocatesNothing()
    {
        TokenSampler sampler = new(
            new SamplingOptions { TopK = 5, TopP = 0.9, MinP = 0.01, TypicalP = 0.95, RepetitionPenalty = 1.1, FrequencyPenalty = 0.1, Temperature = 0.7 },
            Logits.Length,
            new ReferenceKernels<float>());
        SampleStream stream = new(5);
        int[] history = [1, 2, 3];
        fixed (float* logits = Logits)
        {
            SamplerWorkspace workspace = new(Logits.Length);
            sampler.Draw(logits, history, ref stream, workspace);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                sampler.Draw(logits, history, ref stream, workspace);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Constructor_BadOptions_ListsAllOfThem()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new TokenSampler(new SamplingOptions { TopP = 0, Temperature = -1 }, 3, new ReferenceKernels<float>()));

        Assert.Contains("top-p", error.Message, StringComparison.Ordinal);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Masked_GivesOtherTokensNoProbability()
    {
        double[] allowed = [0, Plain[1], 0, Plain[3], Plain[4], 0];
        double sum = allowed.Sum();
        HashSet<int> seen = [];
        for (ulong run = 0; run < 200; run++)
        {
            SampleStream stream = new(run);
            TokenDraw draw = Draw(new SamplingOptions(), ref stream, allowed: 0b011010);
            seen.Add(draw.Id);

            Assert.Equal(Math.Log(allowed[draw.Id] / sum), draw.BehaviorLogProbability, 1e-5);
            Assert.Equal(Math.Log(Plain[draw.Id]), draw.PlainLogProbability, 1e-5);
            Assert.Equal(sum, draw.KeptMass, 1e-5);
            Assert.Equal(1UL, stream.Counter);
        }

        Assert.Equal([1, 3, 4], seen.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    public void Draw_MaskedWithTruncation_CountsBothInTheKeptMass(double temperature)
    {
        double[] tempered = [.. Logits.Select(logit => Math.Exp(logit / temperature))];
        SampleStream stream = new(4);

        TokenDraw draw = Draw(new SamplingOptions { TopK = 2, Temperature = temperature }, ref stream, allowed: 0b111010);

        Assert.Contains(draw.Id, (int[])[1, 3]);
        Assert.Equal(Math.Log(tempered[draw.Id] / (tempered[1] + tempered[3])), draw.BehaviorLogProbability, 1e-6);
        Assert.Equal((tempered[1] + tempered[3]) / tempered.Sum(), draw.KeptMass, 1e-6);
    }

    [Fact]
    public void Draw_MaskedWithPenalty_MasksAfterThePenalty()
    {
        SampleStream stream = new(4);

        TokenDraw draw = Draw(new SamplingOptions { PresencePenalty = 1 }, ref stream, [1], allowed: 0b000110);

        double[] penalized = [.. Logits.Select((logit, id) => Math.Exp(logit - (id == 1 ? 1 : 0)))];
        Assert.Equal(Math.Log(penalized[draw.Id] / (penalized[1] + penalized[2])), draw.BehaviorLogProbability, 1e-6);
        Assert.Equal((penalized[1] + penalized[2]) / penalized.Sum(), draw.KeptMass, 1e-6);
    }

    [Fact]
    public void Draw_MaskedGreedy_TakesTheLargestAllowed()
    {
        SampleStream stream = new(1);

        Assert.Equal((3, 0.0, 1.0), (Draw(SamplingOptions.Greedy, ref stream, allowed: 0b111000) is var draw ? draw.Id : -1, draw.BehaviorLogProbability, draw.KeptMass));
        Assert.Equal(2, Draw(SamplingOptions.Greedy with { RepetitionPenalty = 9 }, ref stream, [1], allowed: 0b000110).Id);
    }

    [Fact]
    public void Draw_OneAllowed_IsCertain()
    {
        SampleStream stream = new(1);

        TokenDraw draw = Draw(new SamplingOptions { TopP = 0.5 }, ref stream, allowed: 0b100000);

        Assert.Equal((5, 0.0), (draw.Id, draw.BehaviorLogProbability));
        Assert.Equal(Plain[5], draw.KeptMass, 1e-5);
    }

    [Fact]
    public void Draw_NothingFiniteAllowed_IsANamedError()
    {
        InvalidLogitsException error = Assert.Throws<InvalidLogitsException>(() => DrawFrom([1, float.NegativeInfinity], allowed: 0b10));

        Assert.Contains("constraint", error.Message, StringComparison.Ordinal);
    }

    private static TokenDraw Draw(SamplingOptions options, ref SampleStream stream, int[]? history = null, uint? allowed = null)
    {
        fixed (float* logits = Logits)
        {
            return new TokenSampler(options, Logits.Length, new ReferenceKernels<float>()).Draw(logits, history ?? [], ref stream, new SamplerWorkspace(Logits.Length), allowed is { } bits ? [bits] : []);
        }
    }

    private static TokenDraw DrawFrom(float[] values, uint? allowed = null)
    {
        SampleStream stream = new(0);
        fixed (float* logits = values)
        {
            return new TokenSampler(new SamplingOptions(), values.Length, new ReferenceKernels<float>()).Draw(logits, [], ref stream, new SamplerWorkspace(values.Length), allowed is { } bits ? [bits] : []);
        }
    }
}
