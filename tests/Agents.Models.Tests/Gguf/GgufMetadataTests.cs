using Agents.Models.Gguf;

namespace Agents.Models.Tests.Gguf;

public class GgufMetadataTests
{
    private static readonly GgufMetadata Metadata = new("model.gguf", new OrderedDictionary<string, GgufValue>
    {
        ["text"] = GgufValue.Of("x"),
        ["u8"] = GgufValue.Of((byte)8),
        ["i8"] = GgufValue.Of((sbyte)-8),
        ["u16"] = GgufValue.Of((ushort)16),
        ["i16"] = GgufValue.Of((short)-16),
        ["u32"] = GgufValue.Of(32u),
        ["i32"] = GgufValue.Of(-32),
        ["u64"] = GgufValue.Of(64ul),
        ["i64"] = GgufValue.Of(-64L),
        ["big"] = GgufValue.Of(uint.MaxValue),
        ["huge"] = GgufValue.Of(ulong.MaxValue),
        ["f32"] = GgufValue.Of(0.5f),
        ["f64"] = GgufValue.Of(0.25),
        ["bool"] = GgufValue.Of(true),
        ["texts"] = GgufValue.OfArray("a", "b"),
        ["uints"] = GgufValue.OfArray(1u),
    });

    [Theory]
    [InlineData("u8", 8)]
    [InlineData("i8", -8)]
    [InlineData("u16", 16)]
    [InlineData("i16", -16)]
    [InlineData("u32", 32)]
    [InlineData("i32", -32)]
    [InlineData("u64", 64)]
    [InlineData("i64", -64)]
    public void GetInt32_EveryIntegerType_IsAccepted(string key, int expected)
    {
        Assert.Equal(expected, Metadata.GetInt32(key));
        Assert.Equal(expected, Metadata.GetInt64(key));
        Assert.Equal(expected, Metadata.GetInt32(key, 99));
    }

    [Fact]
    public void Getters_MatchingTypes_GiveValues()
    {
        Assert.Equal("x", Metadata.GetString("text"));
        Assert.Equal(0.5f, Metadata.GetSingle("f32"));
        Assert.Equal(0.25f, Metadata.GetSingle("f64"));
        Assert.True(Metadata.GetBoolean("bool"));
        Assert.Equal(["a", "b"], Metadata.GetArray<string>("texts"));
        Assert.Equal(uint.MaxValue, Metadata.GetInt64("big"));
    }

    [Fact]
    public void OptionalGetters_MissingKey_GiveTheFallback()
    {
        Assert.Equal("d", Metadata.GetString("none", "d"));
        Assert.Null(Metadata.GetString("none", null));
        Assert.Equal(5, Metadata.GetInt32("none", 5));
        Assert.Equal(6, Metadata.GetInt64("none", 6));
        Assert.Equal(7f, Metadata.GetSingle("none", 7));
        Assert.True(Metadata.GetBoolean("none", true));
        Assert.Null(Metadata.GetOptionalArray<int>("none"));
        Assert.False(Metadata.Contains("none"));
    }

    public static TheoryData<Func<GgufMetadata, object?>, string, string> Mistakes => new()
    {
        { metadata => metadata.GetString("none"), "none", "a string" },
        { metadata => metadata.GetInt32("none"), "none", "an integer" },
        { metadata => metadata.GetInt64("none"), "none", "an integer" },
        { metadata => metadata.GetSingle("none"), "none", "a real number" },
        { metadata => metadata.GetBoolean("none"), "none", "a boolean" },
        { metadata => metadata.GetArray<string>("none"), "none", "an array of String" },
        { metadata => metadata.GetString("u32"), "UInt32", "a string" },
        { metadata => metadata.GetString("u32", "d"), "UInt32", "a string" },
        { metadata => metadata.GetInt32("text"), "String", "an integer" },
        { metadata => metadata.GetInt32("f32"), "Float32", "an integer" },
        { metadata => metadata.GetInt32("big"), "4294967295", "32 bits" },
        { metadata => metadata.GetInt64("huge"), "UInt64", "an integer" },
        { metadata => metadata.GetSingle("u32"), "UInt32", "a real number" },
        { metadata => metadata.GetBoolean("u8"), "UInt8", "a boolean" },
        { metadata => metadata.GetArray<int>("texts"), "array of String", "an array of Int32" },
        { metadata => metadata.GetArray<int>("uints"), "array of UInt32", "an array of Int32" },
        { metadata => metadata.GetArray<string>("text"), "String", "an array of String" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Getters_MissingOrMistyped_NameFileFoundAndExpected(Func<GgufMetadata, object?> get, string found, string expected)
    {
        var error = Assert.Throws<GgufFormatException>(() => get(Metadata));

        Assert.StartsWith("model.gguf: metadata key '", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToObjects_AndFromObject_AreInverse()
    {
        using GgufFile file = GgufSamples.Open(GgufSamples.Everything());

        OrderedDictionary<string, object> objects = file.Metadata.ToObjects();

        Assert.Equal(file.Metadata.Values.Keys, objects.Keys);
        Assert.All(objects, entry =>
        {
            GgufValue expected = file.Metadata.Values[entry.Key];
            GgufValue actual = GgufValue.FromObject(entry.Value);
            Assert.Equal(expected.Type, actual.Type);
            Assert.Equal(expected.ElementType, actual.ElementType);
            Assert.Same(expected.Data, actual.Data);
        });
    }

    [Fact]
    public void Values_TypesThatGgufCannotStore_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => GgufValue.Of(1m));
        Assert.Throws<ArgumentException>(() => GgufValue.OfArray('x'));
        Assert.Throws<ArgumentException>(() => GgufValue.OfArray("a", null!));
        Assert.Throws<ArgumentException>(() => GgufValue.FromObject(1m));
        Assert.Throws<ArgumentException>(() => GgufValue.FromObject(new int[1][]));
        Assert.Throws<ArgumentException>(() => GgufValue.FromObject(new int[1, 1]));
    }
}
