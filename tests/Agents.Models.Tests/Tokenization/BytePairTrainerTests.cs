using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class BytePairTrainerTests
{
    private const string Corpus =
        "low low low low low lower lower newest newest newest newest newest newest widest widest widest";

    private static TokenizerDefinition TrainReference(params string[] special) => BytePairTrainer.Train(
        [Corpus],
        new BytePairTrainerOptions { VocabularySize = 268 + special.Length, Splitter = PreSplitter.Gpt2, SpecialTokens = special },
        TestContext.Current.CancellationToken);

    [Fact]
    public void Train_ReferenceCorpus_LearnsTheReferenceTokens()
    {
        TokenizerDefinition learned = TrainReference();

        string[] expected = ["es", "est", "lo", "low", " n", " low", "ew", " new", " newest", " w", "dest", "idest"];
        Assert.Equal(expected.Select(ByteAlphabet.WriteText), learned.Tokens.Skip(256));
        Assert.Equal(12, learned.Merges.Count);
    }

    [Theory]
    [InlineData("low lowest newer", new[] { 259, 261, 257, 263, 101, 114 })]
    [InlineData("widest west", new[] { 119, 267, 265, 257 })]
    public void Train_ReferenceCorpus_EncodesTheReferenceTexts(string text, int[] expected)
    {
        BytePairTokenizer sut = new(TrainReference());

        Assert.Equal(expected, sut.Encode(text));
    }

    [Fact]
    public void Train_SpecialTokens_GetTheLastIdsAndAreControl()
    {
        BytePairTokenizer sut = new(TrainReference("<|im_start|>", "<|im_end|>"));

        Assert.Equal(270, sut.VocabularySize);
        Assert.True(sut.IsSpecial(268) && sut.IsSpecial(269) && !sut.IsSpecial(267));
        Assert.Equal([269], sut.EndIds);
    }

    [Fact]
    public void Train_SpecialTokenInText_TeachesNothing()
    {
        BytePairTrainerOptions options = new() { VocabularySize = 259, SpecialTokens = ["<|x|>"] };

        TokenizerDefinition learned = BytePairTrainer.Train(["<|x|><|x|><|x|>abc<|x|>"], options, TestContext.Current.CancellationToken);

        Assert.Equal(["ab", "abc"], learned.Tokens.Skip(256).Take(2));
    }

    [Fact]
    public void Train_Twice_GivesTheSameResult() =>
        Assert.Equal(TrainReference().ComputeFingerprint(), TrainReference().ComputeFingerprint());

    [Fact]
    public void Train_RandomCorpus_AgreesWithRecounting()
    {
        string[] words = [.. Enumerable.Range(0, 60).Select(seed => Word((ulong)seed))];
        BytePairTrainerOptions options = new() { VocabularySize = 310, Splitter = PreSplitter.Gpt2 };

        TokenizerDefinition learned = BytePairTrainer.Train(words, options, TestContext.Current.CancellationToken);

        Assert.Equal(TrainByRecounting(words, 310), learned.Merges);
        Assert.Equal(310, learned.Tokens.Distinct().Count());
    }

    [Fact]
    public void Train_CorpusTooSmall_SaysHowFarItGot()
    {
        BytePairTrainerOptions options = new() { VocabularySize = 300 };

        TokenizerException error = Assert.Throws<TokenizerException>(
            () => BytePairTrainer.Train(["abc"], options, TestContext.Current.CancellationToken));

        Assert.Contains("258 of 300", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WrongOptions_NamesAllOfThem()
    {
        BytePairTrainerOptions options = new() { VocabularySize = 100, MinimumCount = 0, SpecialTokens = ["a", "a"] };

        ArgumentException error = Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], options, TestContext.Current.CancellationToken));

        Assert.Contains("VocabularySize is 100", error.Message, StringComparison.Ordinal);
        Assert.Contains("MinimumCount is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("distinct", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(
        () => BytePairTrainer.Train([Corpus], new BytePairTrainerOptions(), new CancellationToken(canceled: true)));

    private static string Word(ulong seed)
    {
        CountedNumbers numbers = new(seed);
        return string.Concat(Enumerable.Range(0, 3 + numbers.Below(9)).Select(_ => "abcd"[numbers.Below(4)]));
    }

    /// <summary>The textbook loop: count everything again before every merge.</summary>
    private static List<string> TrainByRecounting(string[] words, int size)
    {
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(value => ((char)value).ToString())];
        List<List<int>> pieces = [.. words.Select(word => word.Select(unit => (int)unit).ToList())];
        List<string> merges = [];
        while (tokens.Count < size)
        {
            (int Left, int Right) best = pieces.SelectMany(piece => piece.Zip(piece.Skip(1)))
                .GroupBy(pair => pair).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key;
            string text = tokens[best.Left] + tokens[best.Right];
            int id = tokens.IndexOf(text) is >= 0 and int known ? known : tokens.Count;
            if (id == tokens.Count)
            {
                tokens.Add(text);
            }

            merges.Add($"{tokens[best.Left]} {tokens[best.Right]}");
            foreach (List<int> piece in pieces)
            {
                for (int i = 0; i + 1 < piece.Count; i++)
                {
                    if (piece[i] == best.Left && piece[i + 1] == best.Right)
                    {
                        piece[i] = id;
                        piece.RemoveAt(i + 1);
                    }
                }
            }
        }

        return merges;
    }
}
