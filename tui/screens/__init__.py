"""The screens: one file each, all of them looking at the register through the app's desk and none of them touching it on the UI thread."""
