using System.Buffers.Binary;
using System.IO.Compression;

namespace Agents.Models.Tokenization;

/// <summary>
/// Canonical decompositions and combining classes of Unicode 14.0.0. The runtime does not carry them when globalization is invariant, which this project
/// is: there <see cref="string.Normalize()"/> returns its input.
/// </summary>
internal static class CanonicalTables
{
    // Deflated little-endian data: two counts of 16 bits; code points with bit 31 set where composing gives them back; first and second parts (0 for
    // none); then runs of a combining class as a code point of 32 bits, a length and the class of 8 bits each.
    private const string Packed =
        "7dsFXFXLvsDxtRddgkkKCjaKqKhgoIIiBna3YCEGdit2HfPYHcfu7m4UFSzUbaFuFTuPfd5v1l77su9W9Nx373vv8z4f9+fznf/sWTVr1qyZAdTBerDmoCTFHcJhHMFRHMMJnMQpxOM0ziABZ3EOiU"
        + "jCBVzEJVzGVVzDdWhxA7dxBym4i3u4jwd4iEdIxWM8wVM8w3O8xCu8xhu8xTt8wEd8wmd8wV+QNFKcBjLMYA4LWMIK1rCBLexgDwdkgCMyITOyICuywRkucIUb3OGB7PCEF3IgJ7zhg1zIjXzIjwLw"
        + "RUEUgh8Kwx8BKI4SKIkglEJplEFZBCMUFVEJYaiMcFRHBGqgJmqhNuqhPhqgIRqhMZqgKZqhOVqgJVqhNSIRhTZoiw6IRkfEoBM6owu6Ihbd0B090BO90Bt90Bf90B8DMBCDMBiLsBgbsBEJOItzOI"
        + "9EJOECLuISLuMKknEV13AdWtzELdzGHaTgLnR4gId4hFQ8xhM8xTM8xwu8wVu8xwd8xCd8xhd8xV+QZPoaZJjBHBawhBWsYQNb2MEeDsgARzghIzIhM7IgK7LBGS5whRvc4Qkv5EFe5EN+FIAvCqIQ"
        + "/FAY/iiCoiiG8maSVAGhqIieGIyRZlLcKIwmP4Y4FuPwGyZiEiZjNdZgLdZhPTZgI+JxGmeQgLO4gIuQzGknmMEK9nBABrgiCLVQG3XREM3QHC3QG31wCIdxHolIwgVcxhVcw3VocQM3cQspuIt7uA"
        + "8dHiAVj/EET/EMz/ECL/EKr/EGb/EeH+BtyTuOXMiNPDiIw7iA/Da0OwLQyEaSGqMJmqIZmqMFWuI0+5yBlvwN3EIxW0kqgcZogqZogXA7Ka4aqqOZHefBNPLxOI0zCLenLjiBk4jHaVR14FhUxzVo"
        + "cQM3EeooSRGog4Zohmj0QC/0Rl8Mxe+YjyVYgbXYhTxO9Ht3+jxsYY8MyITSKIvyqIBQSJ70CcgwgzksYAkrWMMGtrCDPRyQAY5wQkZkQmZkQVZkgzNc4Ao3uMMD2eEJL+RATnjDB7mQG3mQF/mQHw"
        + "Xgi4IoBD8Uhj+KoCiKIQDFUQIlEYgglEJplEFZBKMcyqMCQhCKiqiEMFRGOKqgKqqhOiJQAzVRC7VRB3VRD/XRAA3RCI3RBE3RDM3RAi3RCq0RiSi0QVu0Q3t0QDQ6Igad0Bld0BWx6Ibu6IGe6IXe"
        + "6IO+6If+GICBGITBGII4DMUwDMcIjMQojMYYjMU4jMdvmICJmITJmIKp+B3TMB0zMBOzMBtzsQiLsQRL8QeWYTlWYCVWYTXWYC3WYT02YCM2YTO2YCu2YTt2YCd2YTf2YC/2YT8O4CAO4TCO4CiO4T"
        + "hO4CROIR6ncQYJOItzOI9EJOECLuISLuMKknEV13AdWtzATdzCbdxBCu7iHu5Dhwd4iEdIxWM8wVM8w3O8wEu8wmu8wVu8w594jw+QvHinIcMM5rCAJaxgDRvYwg72cEAGOMIJGZEJmZEFWeECV7jB"
        + "HR7IjhzICW/4IBdyIw/yIh/yowB8URCF4IfC8EcRFEUxBKA4SqAkAhGEUiiNMiiLYJRDeVRACEJREZUQjiqoimqojgjUQm3UQV3UQ300QEM0RlM0R0u0QmtEIgpt0Bbt0B4dEI2OiEEndEYXdEUsun"
        + "lJUndiD2JPYi9ib2IfYl9iP2J/4gDiQOIgYhxxKIZhOEZgJEZhNMZgLMZhPH7DBEzEJEzGFEzF75iG6ZiBmZiF2ZiDuZiH+ViAhViExViCpfgDy7AcK7ASq7Aaa7AW67AeG7ARm7AZW7AV27EDO7EL"
        + "u7GHe91L3E88RDyMIziK4ziBkzjF9njiaeIZYgLO4hzOIxFJuMD2y8QrSMZVXMN1ym8Qb+IWbuMOUnCXbfeI96HDAzzEI6TiMdufEJ/iGfnneEX+Nd7gHf7Ee3xg20fiJ+Jn4heilEOSNMiTU5IKwB"
        + "dzctLuWI8EnMU5mHvzfsIeuZAHFVARlVEFrRCJzuiCrohFN/REL/RFP8RhKEZgJMZgLNZiHdZjA27jDlJwF6l4jCd4ivw+1B3aApJU3Z85ELVQB/XQAI3QBM3QAq0QibZoj2jEoht6oCd6ow/6oT8G"
        + "YhCmYQHWYj02YjO2Yjt2Yjf2Yj8O4jCO4QRO4TwScQEXcRlXcBXXoMUNvMGfeI8P+IivkPgBVwMZZjCHBSxhBWvYwBZ2sIcDMsARTsiITMiMLMiKbHCGC1zhBnd4IDs84YUcyAlv+CAXciMP8iIf8q"
        + "MAfFEQheCHwvBHERRFMQSgOEqgJAIRhFIojTIoi2CUQ3lUQAhCURGVEIbKCEcVVEU1VEcEaqAmaqE26qAu6qE+GqAhGqExmqApmqE5WqAlWqE1IhGFNmiLdmiPDohGR8SgEzqjC7oiFt3QHT3QE73Q"
        + "G33QF/3QHwMwEIMwGEM+6H/BMRTDMBwjMBKjMBpjMBbjMB6/YQImYhImYwqm4ndMw3TMwEzMwmzMwVzMw3wswEIswmIswVL8gWVYjhVYiVVYjTVYi3VYjw3YiE3YjC3Yim3Yjh3YiV3YjT3Yi33Yjw"
        + "M4iEM4jCM4imM4jhM4iVOIx2mcQQLO4hzOIxFJuICLuITLuIJkXMU1XIcWN3ATt3Abd5CCu7iH+9DhAR7iEVLxGE/wFM/wHC/wEq/wGm/wFu/wJ97jAz7iEz7jC77iL0gfef8hwwzmsIAlrGANG9jC"
        + "DvZwgBMyISuywRkucIUb3OGB7PBEDngjN/KgAHxREIXgh8LwRxEURTEEoDhKoCQCEYRSKI0yKItglEN5VEAIQlERlRCGyghHFVRFNVRHBGqgJmqhNuqgLuqhPhqgIRqhMZqgKZqhOVqgJVqhNSIRhT"
        + "Zoi3Zojw6IRkfEoBM6Ixbd0B090BO90Bt90Bf90B8DMBCDMBhDPup/STkUwzAcIzASozAaYzAW4zAev2ECJmISJmMKpuJ3TMN0zMBMzMJszMFczMN8LMBCLMJiLMFS/IFlWI4VWIlVWI01WIt1WI8N"
        + "2IhN2Iwt2Ipt2I4d2Ild2I092It92I8DOIhDOIwjOIpjOI4TOIlTiMdpnEECzuIcziMRSbiAi7iEy7iCZFwV/fkT8xYKwBcFUQh+KAx/FEFRFEMAiqMEAhGEUiiNMghGeVRAKCoiDJURjiqoimqojg"
        + "jUwBwnTdw8rIFfRk1cYVTLrImrjj1ZNHF7sR+7s/Idga6auBaJGqklWqE1IhGFNtiDvdiH/TiAg5Dey5IGMsxgDgtYwgrWsIEt7GAPB2SAI5yQEZmQGVmQFdngDBe4wg3u8EB2eMILOZAT3vBBLuRG"
        + "HuRFPuRHAfiiIArBD4XhjyIoimIIQHGUQEkEIgilUBplUBbBKIfyqIAQhKIiKiEMlRGOKqiKaqiOCNRATdRCbdRBXdRDfTRAQzRCYzRBUzRDc7RAS7RCa0QiCm3QFu3QHh0QjY6IQSd0Rhd0RSy6oT"
        + "t6oCd6oTf6oC/6oT8GYCAGYTCGIA5DMQzDMQIjMQqjMQZjMQ7j8RsmYCImYTKmYCp+xzRMxwzMxCzMxhzMxTzMxwIsxCIsxhIsxR9YhuVYgZVYhdVYg7VYh/XYgI3YhM3Ygq3Yhu3YgZ3Yhd3Yg73Y"
        + "h/04gIM4hMM4gqM4huM4gZM4hXicxhkk4CzO4TwSkYQLuIhLuIwrSMZVXMN1aHEDN3ELt3EHKbiLe7gPHR7gIR4hFY/xBE/xDM/xAi/xCq/xBm/xDn/iPT7gIz7hM77gK/6C9IH3HzLMYA4LWMIK1r"
        + "CBLexgDwdkgCOckBGZkBlZkBXZ4AwXuMIN7vBAdnjCCzmQE97wQS7kRh7kRT7kRwH4oiAKwQ+F4Y8iKIpiCEBxlEBJBCIIpVAaZVAWwSiH8qiAEISiIiohDJURjiqoimqojgjUQE3UQm3UQV3UQ300"
        + "QEM0QmM0QVM0Q3O0QEu0QmtEIgpt0Bbt0B4dEI2OiEEndEYXdEUsuqE7eqAneqE3+qAv+qE/BmAgBmEwhiAOQzEMwzECIzEKozEGYzEO4/EbJmAiJmEypmAqfsc0TMcMzMQszMYczMU8zMcCLMQiLM"
        + "YSLMUfWIblWIGVWIXVWIO1WIf12ICN2ITN2IKt2Ibt2IGd2IXd2IO92If9OICDOITDOIKjOIbjOIGTOIV4nMYZJOAszuE8EpGEC7iIS7iMK0jGVVzDdWhxAzdxC7dxBym4i3u4Dx0e4CEeIRWP8QRP"
        + "8QzP8QIv8Qqv8QZv8Q5/4j0+4CM+4TO+4Cv+gvSR9x8yzGAOC1jCCtawgS3sYA8HZIAjnJARmZAZWZAV2eAMF7jCDe7wQHZU4EeT7wlFJRNVTNRAze+ob6IxWqcjCm1NRJvogq7f0ctEP1UF9dymMV"
        + "S9XnqxItqo99r2b8TKaP+DGI4OaltF/yRWRUdUQwyqo9N3Yg21PUxjTbVNTGMddP9OrIseP4j10NMo1lfb+O/GhuijPvt+amyC/t+JhroajjU8L0P7mG7X4vMP4lHcQx5eq7w4Tl5n9FwMbWw4byrL"
        + "78fYgamy/jkY9jW07zHcl9LOlYz33+ljpn3E9Fn/7PmYtqPp8zD0KdPrXcY7XMJbo/P7cT+F5bTnIJlJkgaZYY1dbCtN8UpM4fsO4nTiTMzGQizDKsSrZeL7JmwT+4tz4LQaj+GAGk8hSZXVXC8zLO"
        + "EGF/ioMRDFVcXQAKXU8lD0RC9kQwk4wd8oZlWPTcZVo/2cUdLoGoboiWA8xCMUQoRan9DvxLyoDF9UE98t9cLVWBWXcAhJyGdDvcTf/pEV2eAMD+SEN3xRGCdUi7EEG1DUlnoiG5zhAV9UtkuTE96Y"
        + "iuM4ocYwe54BjhuJR5gDxzno41WVVo0hjowxqI0GaIry6KbajC1qfirmYTGWYw0mI7eTJFm4S5IVbGAHB2REKZRBMMohxD2tD4cg8jvxBB4Yjcs/i5l4fzNr0qLpu5iPvp4fYeTbfWec/lk0vMPn8N"
        + "xoHDGNhrG6hCd9z/PbMTwCnb8T0xvbDdHwbhtide4xQpMWa1EWK6VF07GlCXVp6pn+HNCEczRFK7RGJPtGeX47F/zduaED54hGR8SgAWW9pbRomCN+Fhuhr1E0jGXpzScd1Hr1Ufcbovl2nD6MlB/E"
        + "Rdz3Ysgca6ZJPxr2S2+NEC/mlx/EnRy7y/Pn88RFvPlBPMM5ErCIOi3W/DyaPqsNlG3U/Dwaz+ffi5vUuUHyYp7x+jaKOUawJm/j9W3cps4rTuQzeqVFMScJLuRdvdLiDnUOykE+p9e3caY6l+Ujn9"
        + "/r27hLnbf8yRfx+jbOVue8QPJBXt/GA+p8V558Ba+0uFCdO8PJV/FKi8fUubEW+dpe30Yxtzb2SnNKnUdbkW/t9W1cpc7NHchHe30bxbNYq7bpOrWt1qv3vEGt+xm1Tgnqtc4aPT8ZZjCHBSxhZfS8"
        + "bGEHezggAxyN2t8bPsiF3MiDvEbtXwC+KIhC8ENho/uLRBTaoC3aob3R/XVEDDqhM7qgq1daP4w1agMRtxv1QWGUGkV7iDVQT6+0NhLxuNr3xqj9aKwaD3ilMfQhsT6abJSfbWQcvnqlMfQDsW7aiE"
        + "MqQ9kyIxOxWK3fSNEXJOXfdvzjWYn4Tu1zv6n9YZIat7KvnINnmEP/vZq6lp2ck3kc03AeF5EEM2+eLezgg9wog1BUQjjKijGUGCG2kQ8W8y/5tuiOHuiNPuiPARiG4RiF0ViClViFNRiIQZiCqdiM"
        + "LdiKbaJO/vQ33CjAPRAjUBO1URf10RCN0RTN0RKt0Qbt0AFdVd1VvVR9VQNUYZiPNViHDdiELdiGHdiFPdiHAziEoziOkzinSlJdUiWrrquW4zle4CVe4QvCf2NsZ6ESP5HzkU9kEVCUxcB9Jux5C/"
        + "VqM/AmTqFNGcjDyb9jcotmch05hHXWKEnaPZqfU8bQHybTD/jBxp2FxlUWBzeZ8MuO4P3h2JezeT6ctxfnNWcB487ioBDHei5gXGrOz0ZMQAkjacex9DUWZslDGR44Z3wL1qYsoDpyzs8cc5ZrjGLC"
        + "2lGb87PIOMqi7ALXdGLbA+qkiWP84LzN8HwC9zKTZzFXkj7Op98ysQ9hAlk0iGsMpx6/853rXx4nSbeY+M1b0u8HStJgzhHJ+eLZ/zBt8ucM6sP2yGas+bjWNeriSH0Lc56Sg+krbE+iLuM5Tku9zs"
        + "CDRcJ+tr/kOr3YHjee5xSpb5+vXC+ItnjQlHUkL9po2imWCdKZtvnENQ9wf6uoiwP7nGEx15dJ3ptzHWF7C+qhYdFRhXZdzXl205YbJzF2sN9Xzn9/GPcXxXvC+dZzfDR1OYWhLFgecG9d2Z7Eced4"
        + "Jm+pcwgLrB480ye08zGu85X7KkAbrZtOm89hHKJ9zmIu+x6nn/ThepFcryf7T26tX0TP4Rn4cFyVboxdLIriOf4N9e1Ke+Rh32fU1YfnVpX2duY8S7GP656kjxweo7+PU5zvLfc8gLqv5xrB1LUX7X"
        + "KPe/jQQN9Wu+knHrTXZsqjuc4c+l8Y1wiYSp+kjcN51i6zeA6033rqsJV73En5HY4ZxXmusWh9xnnK8Rxnt9U/i7PUOYR+85k6DqSOE+jvY7hPP44bSz0H0PdeowLPfB7vhg3XbUzbxvCcnLjHFlyv"
        + "M+3rRzv05RhfruFKPVPZvwD3Pp57qkg7OXfQP+dR7JOf8zpy/21Ff+JaNTj/Srbf5xlacv4Uzt+PeztH29zBGe4jhePK8fx3U4fsHHuees9i34+8M0vZ1nAeYzPPaSbnOs21H/L+nKYP5hjAWEdbHq"
        + "Q/z6a9G9EPD9IWJeiXpaiHFZbT9heo/2X2G0n7eHL8VupVmvpX5/oRnH887+UF9ivPvR5kHGhCP+zJPjf5XoD7iqcNy9DmLdAWk9CA57Gfc+7jXjLxPr7nOQfSxl/wnHb7jHyMC1t5N29StoPrrOfZ"
        + "PaANI0S/pW73UJv7ns81LekHHVCea69EG9qvC6bxfDvQxhPxCjV5timYQv1G0q59uB832s2bPtqFdvOlLbxpuyk8w2DqWQXhqCXqjOaYgIkoTxsOxcEB+j5tw/teAd25Jwv63lPaud8wvYb0ISfaaQ"
        + "Y0tHMQLjB+WDMObZ+kv/e73ONftEtp7r0X9X4WIksuHJuHZ7KNe+6AONqgkog4wf1/rKO///qYjRS1/begIu9uPUTyg0k+nl0Sz+gqoul365DMNWrQJtZq+7RS2yiA532Ud82Dd7cOGrTVP08x1rqj"
        + "AfrF6McX0fev036n1Tb0jNW34wrGoeK05Ybu+j7QjTa1pO+WRnb6g1dvfb+4jjeoyv7lcYZ236S26QD6R9NB+rYNVtu0Dn3zOfoxr1SgLUepbXpgnL4PnR6nb18xjj4dp2/nceP17RxIO3ennWfzzv"
        + "RmXBg4Q9/moi9en6lve7tZ+vbPNFc/v1Xlh/aKuFRMluaXZgwpzzlRpY4snW8mSxcGy1Io+03EVQvaD49UVdS/65+3SJOIJFzARVzCZSRb6I+/huvQ4iZu4w7u4h50eICH6jVS1XMkqseJfWY7aaS5"
        + "WIYiGTVSUVTOrLcrS5qdWYko7qqRGiZqpEbqvxswtQu7jf7tgCGWpV8GogK8NbLUqqb+Hd0Dmfe0P2bX0r+z57AggHHFUlbe33pogz5iPrSQpV1sa09+AqrxfSbxDzFfcu61tfX9/9YUWXpLNKPP32"
        + "L/0sQwdEcfZC2ufycMY4N4NywYHyzr6ufPKnX140UT9MAgDDFS0FaWYum/8eRvIcpOlh4TX4pzMK4uQCDC0QFL8A5OvHN1EYURKvEursEWHEa2hvoxyplYm9izgX58fcZ7epayN3AgP55YlFgEa3Ev"
        + "iyy9Iv4JS95lN3iLdxors8lSKp6Qd+cdz4tk8u2Iz0owhsKa9z5YddJVlo4Qk5vq58zXcHGXpb+IloyVdRkTvIlDSzIWqOPnQUzAvez0c+YuHbELMQYDcQcpKBzI2E3Mx/hSVowxiKRseE5ZGkjcyP"
        + "ct2N5Cv26bulSWvhKL+MgKDeOcd0u9E+y/s6gsXWstS5F8j8FdyuYQE3AFHzCU8atUEP0nSD/OX8wjSyeI4Yxh1VvrxzYR+6vj22b8gQ24qY51Yr3qxHjnjubYhIuoxfhn7ytLZYmf+d6BOBz38JJy"
        + "b8bFY+RXwa8U98v3wZiPPuhUSj/XdIKtvyzdJb5nDK0C19L6+ceaeI/9ptKnp9fW/zJwHuXrGOeuhqaNtznRAnVxhHGoCsd9JD8SdTro57HOAbI0keiFLNGSMlaFEJciFStZzywtIUvXiS780JSTsX"
        + "tFoCzVI9bge3fiQnVM34MJpWTJjmf9kViDtcfeMrJ0gJiA9sjGuB/cWT9/ijkgGn0xEp5lZSmAWJg5oQuKldXPDyeQGCxLH9jWhbmiRTnqjOPkg2L1c4c7ZrB/VeIg9ME65GZMqMS8EsWcOI+4JlSW"
        + "8nXXzzG1YB0mS3HE6aKssixlCZel/sw747GWHxCXEXcG61VmLmrWUz8njRRrUriXk6RczE0lqstSMHEqUay7F9J/nZifFteUpZ2oWEuWPrOvdXn9vPWa76/gWluWisGTOcxLJeY0MVeMJ4YRZ5QX6z"
        + "Pas6/+5w0x192lLE8DWVlbzCEeg1gfPUbhCvo1RlXUxMDGsrSiid4zvsshtENT2o+58hTy8j2OOSmJeXMR+YfEu5CYP0e1lKUoooZ+dYIos06phAC+54uUpcpoTP4qsT9zbXCULE0nflTn3WttZMmn"
        + "LWM8+ZXEWGJL+uIljtlM3oy1jl1FjiNuY/xZ0V6WtuF39plXTP9+m2MBc3AM+00hPx7zsYVxcJOI2AcdysTIys8r2Znro7AOPtiHB8P166m6xHicgRYlOslSTGfqRPStxHvKPq+RjXVwfA9ZakMs2F"
        + "WWmrOtNTaRT4rlGPK11J8L2yMaqzAGGVhnpIzSrzfyIQajcIVj7hA1rIE/kG9FjEL73rJ0hXgTxcNoP+Ie5qr1fWWpXT9Z2k/ZCSxS1ydibVKfdeDKgbK0hngI7qxV+qDwEFkyt5al0+T34gVu8v3i"
        + "RP1aJmmkLD3FNNY0L5GRdY3faFlyJwayvrmCZLHOwQd+vso6jfqMl6Xx/Pw2vQpr6uniOrKkI3+EddBmxm8f1kCVmGfdpjLOV2WdhNuU2U6Tpc3kZxDFGknIj+3TZSmFWKwa31mvr8BhfMVZyvznys"
        + "paqjw/g3zB2ercN9qzrj+7SJbek7dYLEsZlsjSFOzh55QGEdSX+BUWrKsckQ2lIS2X//E3RBlm6t8RbZHXTPqnbdbf+W5mUmaWzn6adPb7n7iOiOYqS1U+lcZof8FKZW/C9HjDfobzGPYznMd0v7wq"
        + "2ai+Zj+ol5XRvoZjDXU1fDdcM71y03PbqX52HtPrGrabfk/vHmxVhusZ7kk2YW10TdN2dzdh/xOGOhjOZyiXVObpMD2Poa7f264x6reS0XdTjqqMqv/09zwmDPUz7Wum92rYblpu/NGY/XPe8F3zg/"
        + "u1NnmWf2eb4V01fkcNbWtp5Ef7GNrF0oThmqbfTRnu3/onTPcz9GvT/epa8nOXqr5R3qCMzd+3H1ew10gZ2+9rYMe6AA1RRnUF+1Ui38Cen2NVl3FYzQc76DVEPM6p8RZ2OH5rG7qjJ+KMpLevnxPz"
        + "tPvfl9tMz9BXfVRFVKbjhel2Q98vpDJ9Vw3l/irTcdr0XTGc3/CMDef3UxnOY9q/Tetl+G44v6HcUJ/07iu9+zQ9ztronfre2GRlIr36pHf99KRXr1wqQ/ukV1/DHGI4j2n9DfulVy/T7Ya5xbReRY"
        + "zWF7Ym57JRmY7vhnJDHQ3n/tl+hj5len7D9r97HUO5j4n/dH3/u+c3fWbp3a/4t2hZvvNsQ1T/3e3/avm/e73/q/pmMSr/T9RPMszx/2KsZPb/m6U61hmXhZhsM75X8QlJZ//vtY3xMzI9X0g65T86"
        + "xvAc0zs2i/F5pH+hnul8As3+fzGu92z/f8+cvxn/E/6da/36/Pr8+vz6/Pr8+vz6/Pyz1UKSduAQDhtFUbYTe/+H7MIBI7udNP+QN6NecGaN1BC7s2ikjdiHDVn1/F01UttEvS7oilh0Q/fEf95m2C"
        + "78+vz6/Pr8+vz6/Pr8+vz6/K99xP8B1mUVv816mE38nkrrpuTF3241yR6kFtqc4vfR8cpfHbTK38Lj84u/pGkDxFZNkFJeVvyeXid+S6V5ESZSXWXxW2RtVZHqIsRR2lpKvq6yf0Nln0bKtRorW5sq"
        + "Jc1E+qi5KEltqeRbKflIJR9F6qAbbs51dVNYnWm0U0nNdTOU/EwLcf45In9zrlIyj9RSt0Sk2pWksm61Ur5Gya9T9lwv0nsbRKrbKFLbTSK12yxS+y0idRCrUU2GbSJ13C5SJ7EO1WQUK1FNJrFmlD"
        + "PvEfksYg2pybpPpNnE+lHjLFauGhexdtW4HlWuckypwwnlWCdL0W4upBpPV5F6uYk0RzWRulcXqUeESLPXUPapqexTS9mntkhz1hGpt/gbpqwTf72UtQ0tRfs0E+Xa5kp5SyUfK1Kfy6RWuluWot3u"
        + "KuX3RKp7oOyZqpQ8VvJPlXxGK9Jc/iLVFRGptqiV2Bqg5Isr+ZJW4lmXUvYpLUq0ZZV8sLJPObFVF6LkQ5Xyikq+kpIPU/KVlXy4kq+inPOxlajnK6XktbL1i5LPZi1q7k5qo8ttLc6c31rcb2OR18"
        + "6yFnvOVvLzlD3jla3nRKq9SJpBd9dauWtrcRWdkn+g5B8p+VTlnE+VM7wQJe4vRerxSqTZXytb3yl7/qkc9UGk2k/KVcRfgDVWESK1qS1SXR2RauvaiD33KlsTlK1fla3ir8DsL1KbvUo+QcmLvwRT"
        + "LlKbBCUtY6+UiNSmvkjrib8Ma5ruVcoTlPLSDlzFJsJB5OOVNDADJe1LZRD58AzifxHtFCW9dyslJ0VJfxdHUf/ijqKeJZU0SKTJ4n+Ua4aKvxlrhom/GmtG9HcU/1YtTikZJo7SjRB5m1FK/rj+DE"
        + "6iPkFOoiYTnJQemFm0WBZnURLgLPZPUtIbItWtchFvX5CreBNLuSr9R6RaZzeRdxGptpVIbXq5iTdliFKy0U209jY38V7vcRNX36eUHxB57SGl5IiSP6bsGa9sPe0m+kOAu6hhRZHaxIhU10mk2s7i"
        + "f8jrVruLeuqUfV4p+ZIeIn/eQ9zFRZHXXPIQfemah7iK1kOMZrdFuS6F1ErzVOS1b5SS98o+B7OL9HB2UX4ku7hKvJI/rZQniHzqWZFePqeUnxdpfCJpbt07kX/4p9jz3gdl60eRXvskUt1nkT76op"
        + "R/VUr+0p8hhzhzkkg1F3OIu07OIf5f9HWl/E4Osed9ZesDJf9QpNpHSj5VKX8ijtK+UEqeFxT3PqSQaLHbpDl0BfxFHXxFeq+gSB8WEulNP1L5tvh9t2zddbk4tieprW7BcnHdF0pquVKcp6CSHlXS"
        + "26SZdL6rxBtXd5Uo2SJSq4NKfuNqcZ7Nq8WxW0Veu0PJ71fSQ8rWdyK1ebpGpJ6fSN1yfBXtnFekWr+vYs8vGg3H3pZF2ttMQ69wsBV5R5HqApU0SKSaUkp5OZHa3FfKdUpJLgcNLbkmg4azhTmSas"
        + "NJzXTVHMXW6iLVRZCaa4cp+eFK+QglP1LJhzmJc8Yq6RAl3aWk4rcLGispozhbMVLZpkdGUXJQpDbxSr54JpEvIVKrR0qaqpSUzsz+VhGZRb4dqZUuNrO4u5AsoiRMpFYtRKo7rJQcUUoOZBX5gyK1"
        + "KpdN5Lcr6Q6RWvk6i3yQi0hLidSqrKuoVairyN8WqU2Am0grK+lsJS3nIdKQ7GKfitnF/jNF3uZFR+qj8Y8RdXvRlXLLBXtFO4vfg8jJ7UnNNJ1JNSniNyIWyQNIrbUjRV43TuyjXZ0oWj4kSbSPdF"
        + "ucx5o0o85dyfvcFk8kz22xv/8dUbI+RdzvkxRx1PmHlGgrPtKwEqj6SNTtvwA=";

    static CanonicalTables()
    {
        using MemoryStream packed = new(Convert.FromBase64String(Packed));
        using DeflateStream deflated = new(packed, CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        deflated.CopyTo(unpacked);
        ReadOnlySpan<byte> data = unpacked.ToArray();
        int count = BinaryPrimitives.ReadUInt16LittleEndian(data);
        int runs = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
        data = data[4..];
        for (int i = 0; i < count; i++)
        {
            uint stated = Number(data, i);
            int code = (int)(stated & 0x1FFFFF);
            int first = (int)Number(data, count + i);
            int second = (int)Number(data, (2 * count) + i);
            Decompositions.Add(code, (first, second));
            if (stated >> 31 != 0)
            {
                Compositions.Add((first, second), code);
            }
        }

        data = data[(12 * count)..];
        for (int i = 0; i < runs; i++, data = data[6..])
        {
            int start = (int)Number(data, 0);
            for (int code = start; code < start + data[4]; code++)
            {
                Classes.Add(code, data[5]);
            }
        }
    }

    /// <summary>One step of canonical decomposition; the second part is 0 where there is only one.</summary>
    public static Dictionary<int, (int First, int Second)> Decompositions { get; } = [];

    /// <summary>Pairs that compose.</summary>
    public static Dictionary<(int First, int Second), int> Compositions { get; } = [];

    /// <summary>Combining classes other than 0.</summary>
    public static Dictionary<int, byte> Classes { get; } = [];

    private static uint Number(ReadOnlySpan<byte> data, int index) => BinaryPrimitives.ReadUInt32LittleEndian(data[(4 * index)..]);
}
