using Agents.Tracing;

namespace Agents.Abstractions.Tests;

public sealed class FactDictionaryTests
{
    private static readonly FactDictionary<string> Facts = new(new KeyValuePair<string, string>[] { new("answer", "12"), new("finish", "stop") });

    [Fact]
    public void Indexer_KnownName_ReturnsItsValue() => Assert.Equal(("12", "stop"), (Facts["answer"], Facts["finish"]));

    [Fact]
    public void Indexer_UnknownName_NamesThoseThatAre() => Assert.Contains("answer, finish", Assert.Throws<KeyNotFoundException>(() => Facts["Answer"]).Message, StringComparison.Ordinal);

    [Fact]
    public void Enumeration_KeepsTheOrderOfTheEntries()
    {
        Assert.Equal(["answer=12", "finish=stop"], Facts.Select(fact => $"{fact.Key}={fact.Value}"));
        Assert.Equal(["answer", "finish"], Facts.Keys);
        Assert.Equal(["12", "stop"], Facts.Values);
    }

    [Theory]
    [InlineData("answer", true)]
    [InlineData("ANSWER", false)]
    [InlineData("", false)]
    public void TryGetValue_FindsOrdinally(string name, bool found)
    {
        Assert.Equal(found, Facts.TryGetValue(name, out string? value));
        Assert.Equal(found, Facts.ContainsKey(name));
        Assert.Equal(found ? "12" : null, value);
    }

    [Fact]
    public void Empty_HasNoFact() => Assert.Equal((0, false), (FactDictionary<object?>.Empty.Count, FactDictionary<object?>.Empty.ContainsKey("answer")));

    [Fact]
    public void Entries_OfAPart_AreThoseOfThePart()
    {
        KeyValuePair<string, int>[] room = [new("a", 1), new("b", 2), default, default];

        FactDictionary<int> facts = new(room.AsMemory(0, 2));

        Assert.Equal((2, 2, 2), (facts.Count, facts.Entries.Length, facts["b"]));
    }
}
